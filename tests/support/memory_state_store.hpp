#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "host/control/state_store.hpp"

namespace backplane::host {

// A StateStore that forgets with the process, and that can be told to fail. Owned by a test case;
// one thread.
class MemoryStateStore : public StateStore {
 public:
  // Every call from now on is answered with `error`.
  void fail_with(Error error) { failure_ = std::move(error); }
  void recover() { failure_.reset(); }
  // What a disk may do and no caller can.
  std::map<std::string, StateEntry>& entries() { return entries_; }

  Result<std::optional<StateEntry>> get(std::string_view key) override {
    if (failure_) return *failure_;
    const auto found = entries_.find(std::string(key));
    return found == entries_.end() ? std::optional<StateEntry>() : std::optional(found->second);
  }

  Result<std::vector<StateEntry>> list(const StateRange& range) override {
    if (failure_) return *failure_;
    std::vector<StateEntry> found;
    for (const auto& [key, entry] : entries_) {
      if (key >= range.from && (range.until.empty() || key < range.until)) found.push_back(entry);
    }
    if (range.descending) std::reverse(found.begin(), found.end());
    if (range.limit != 0 && found.size() > range.limit) found.resize(range.limit);
    return found;
  }

  Result<std::uint64_t> transact(const std::vector<StateCompare>& compares,
                                 const std::vector<StateOperation>& operations) override {
    if (failure_) return *failure_;
    for (const StateCompare& compare : compares) {
      const auto found = entries_.find(compare.key);
      const std::uint64_t at = found == entries_.end() ? 0 : found->second.mod_revision;
      if (at != compare.mod_revision) return Error(ErrorCode::kStale, compare.key);
    }
    ++revision_;
    for (const StateOperation& operation : operations) {
      entries_.erase(operation.key);
      if (!operation.value) continue;
      entries_[operation.key] = {operation.key, *operation.value, revision_};
    }
    return revision_;
  }

  // Knows no erasures.
  Result<StateChanges> watch(std::uint64_t from) override {
    StateChanges changes{.revision = revision_, .changes = {}};
    for (const auto& [key, entry] : entries_) {
      if (entry.mod_revision <= from) continue;
      changes.changes.push_back({key, entry.value, entry.mod_revision});
    }
    return changes;
  }

 private:
  std::map<std::string, StateEntry> entries_;
  std::uint64_t revision_ = 0;
  std::optional<Error> failure_;
};

}  // namespace backplane::host
