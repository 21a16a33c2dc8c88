#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "host/base/clock.hpp"
#include "host/plugin/plugin_directory.hpp"

namespace backplane::host {

// What somebody says has happened to a file.
enum class FileEvent : std::uint8_t {
  kRenamed,  // to this name, and so it is whole
  kTouched,  // made, written or taken away
};

// A file that is new and that nobody seems to write any more. A plain value.
struct SettledFile {
  std::string file;
  FileIdentity identity;
  bool at_start = false;  // it was so at the first look already
};

// What a look at the directory has shown.
struct WatchVerdict {
  std::vector<SettledFile> settled;
  std::vector<std::string> removed;  // of those that had settled
};

// Tells from repeated looks at a directory which of its files are new and finished: one that was
// renamed into it once it has been left alone for `settle`, any other once it has not changed for
// five times that. Events say which of the two a file is, and when to look; those that are lost
// cost time and nothing else, because every look sees all there is. Owned by whoever looks; one
// thread.
class WatchedFiles {
 public:
  explicit WatchedFiles(Duration settle) : settle_(settle), quiet_(5 * settle) {}

  // Something has happened to `file`.
  void note(const std::string& file, FileEvent event, TimePoint now);
  // The directory holds `scan`, which was read after everything noted. Each state of a file
  // settles once.
  WatchVerdict look(const FileScan& scan, TimePoint now);
  // When to look again; kNever: when something has been noted, or the directory is to be trusted
  // no longer.
  TimePoint next_look() const;

 private:
  struct File {
    FileIdentity identity;
    TimePoint since;  // when it was first seen to be so
    TimePoint gone_since = kNever;
    bool at_start = false;
    bool settled = false;  // and was told
    bool told = false;     // it was settled once, in this or a former state
  };
  // Events of a file that has not settled since.
  struct Note {
    bool renamed = false;  // the last one
    TimePoint first;       // of those without another kind between
    TimePoint last;
  };

  void see(const std::string& name, const FileIdentity& identity, TimePoint now);
  TimePoint due(const Note& note) const;
  TimePoint due(const std::string& name, const File& file) const;

  const Duration settle_;
  const Duration quiet_;
  std::map<std::string, File> files_;
  std::map<std::string, Note> notes_;
  bool looked_ = false;
};

}  // namespace backplane::host
