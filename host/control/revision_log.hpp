#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "host/base/result.hpp"
#include "host/base/status.hpp"
#include "host/base/wall_time.hpp"
#include "host/config/app_document.hpp"
#include "host/control/document_diff.hpp"
#include "host/control/state_objects.hpp"
#include "host/control/state_store.hpp"

namespace backplane::host {

// One revision of the desired state. A plain value.
struct RevisionRecord {
  std::uint64_t revision = 0;
  WallTime time;               // whole seconds, of the wall clock
  std::string author;          // who asked for it
  std::string action;          // for what: "set_traffic split"
  std::uint64_t restores = 0;  // the revision that an undo went back to; 0: it was none
  AppDocument document;
  PluginVersions plugins{};  // of those that the document's backends use
};

// The same without the document: what it changed.
struct RevisionEntry {
  std::uint64_t revision = 0;
  WallTime time;
  std::string author;
  std::string action;
  std::uint64_t restores = 0;
  // Against the revision before; a plugin of another version is "/plugins/<name>".
  DocumentDiff diff;
};

// The revisions of the desired state, in a StateStore. Beside them lie the present document's
// objects, each under a key of its own. Owned by Host; [bp-state] only.
class RevisionLog {
 public:
  // The best part of a year at three changes a day, and read in a moment at a start.
  static constexpr std::uint64_t kKept = 1'000;

  // [bp-state] Reads what `store`, which must outlive the log, holds; blocks.
  // kUnavailable "state_corrupt": revisions are missing, or do not lead to the document that is
  // there; and what StateStore::list answers.
  static Result<RevisionLog> open(StateStore& store);

  // [bp-state] The newest revision; 0 and an empty document when there was none yet.
  const RevisionRecord& latest() const { return latest_; }

  // [bp-state] Makes `record` the newest revision; durable when this returns ok. Blocks. Drops what
  // is older than kKept revisions. kStale: its number is not the one after latest(), or another
  // writer was faster; and what StateStore::transact answers. On an error nothing has changed.
  Status append(const RevisionRecord& record);

  // [bp-state] Blocks. kNotFound "unknown_revision": it never was, or is no longer kept.
  Result<RevisionRecord> at(std::uint64_t revision) const;

  // [bp-state] At most `limit` revisions older than `before` (0: from the newest), newest first.
  // Blocks.
  Result<std::vector<RevisionEntry>> list(std::uint64_t before, std::size_t limit) const;

 private:
  explicit RevisionLog(StateStore& store) : store_(&store) {}

  StateStore* store_;  // never null; a pointer, so that a log may be moved
  RevisionRecord latest_;
  StateObjects objects_;             // of latest_.document, as they are stored
  std::uint64_t head_revision_ = 0;  // the store's, of the key that every append writes
};

}  // namespace backplane::host
