#pragma once

#include <functional>
#include <memory>
#include <string>

#include "host/base/result.hpp"
#include "host/plugin/file_descriptor.hpp"
#include "host/plugin/watched_files.hpp"

namespace backplane::host {

// Says at once when something happens to a plugin file of a directory, or does not: the kernel
// drops events of which there are too many, and after the directory is gone there are none. So
// whoever wants to know looks, and takes this for a hint of when. Owned by PluginWatcher; its
// thread.
class DirectoryAlarm {
 public:
  // Called on a thread of Poco's, which must not be held up.
  using Ring = std::function<void(const std::string& file, FileEvent event)>;

  // [control] Rings from about now on. kUnavailable "plugin_directory": there is none;
  // "watch_failed": the system has no watch for us.
  static Result<std::unique_ptr<DirectoryAlarm>> arm(const std::string& path, Ring ring);
  // Rings no more. Blocks, up to 200 ms.
  ~DirectoryAlarm();
  DirectoryAlarm(const DirectoryAlarm&) = delete;
  DirectoryAlarm& operator=(const DirectoryAlarm&) = delete;

  // [control] Whether `path` still leads to the directory that this was armed for.
  bool is_armed_for(const std::string& path) const;

 private:
  class Listener;

  DirectoryAlarm(FileDescriptor directory, std::unique_ptr<Listener> listener);

  // Held so that a directory made later cannot have its number.
  const FileDescriptor directory_;
  std::unique_ptr<Listener> listener_;
};

}  // namespace backplane::host
