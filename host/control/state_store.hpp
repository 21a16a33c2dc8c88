#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/base/result.hpp"

namespace backplane::host {

// One key and what it holds now.
struct StateEntry {
  std::string key;
  std::string value;
  std::uint64_t mod_revision = 0;  // the store's revision that wrote it, from 1

  bool operator==(const StateEntry&) const = default;
};

// Keys from `from` up to, not including, `until` (empty: to the end), in the order of their bytes.
struct StateRange {
  std::string from;
  std::string until;
  std::size_t limit = 0;  // 0: all of them
  bool descending = false;

  // Every key that begins with `prefix`, which is not empty and does not end with byte 255.
  static StateRange of_prefix(std::string_view prefix) {
    StateRange range{.from = std::string(prefix), .until = std::string(prefix)};
    ++range.until.back();
    return range;
  }
};

// What a key must be like for a transaction to happen.
struct StateCompare {
  std::string key;
  std::uint64_t mod_revision = 0;  // 0: the key is absent
};

// A key that is written or, without a value, erased. Erasing an absent key does nothing.
struct StateOperation {
  std::string key;
  std::optional<std::string> value;
};

// The newest state of a key that was written or, without a value, erased.
struct StateChange {
  std::string key;
  std::optional<std::string> value;
  std::uint64_t mod_revision = 0;

  bool operator==(const StateChange&) const = default;
};

struct StateChanges {
  std::uint64_t revision = 0;        // up to here; where the next watch() goes on
  std::vector<StateChange> changes;  // in the order of their revisions
};

// Keys and values that outlive the process, with one revision that counts transactions: etcd's
// shape, so that a cluster's store can stand here. Owned by Host; one thread of role control that
// may block on the disk ("bp-state").
class StateStore {
 public:
  virtual ~StateStore() = default;

  // The methods below, [bp-state], block. Errors of each: kUnavailable "store_failed": the disk or
  // the system refused.  kUnavailable "state_corrupt": what is stored is damaged.

  virtual Result<std::optional<StateEntry>> get(std::string_view key) = 0;
  virtual Result<std::vector<StateEntry>> list(const StateRange& range) = 0;

  // When every compare holds, makes all of `operations` (of different keys) one new revision,
  // durable when this returns, and answers it. On an error nothing has changed for any reader.
  // kStale: a compare does not hold.  kInsufficientStorage "store_full": the disk is full; may
  // succeed later.  kUnavailable "store_failed": the disk failed; no transaction succeeds any more
  // until the process starts again, since nobody knows what reached the disk.
  // kUnavailable "store_busy": another process holds the store.
  virtual Result<std::uint64_t> transact(const std::vector<StateCompare>& compares,
                                         const std::vector<StateOperation>& operations) = 0;

  // What has changed after revision `from`; never waits for more. Of a key that changed often, the
  // newest state only. kStale "compacted": erasures after `from` are forgotten; list() instead.
  virtual Result<StateChanges> watch(std::uint64_t from) = 0;
};

}  // namespace backplane::host
