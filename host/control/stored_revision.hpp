#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/base/result.hpp"
#include "host/base/wall_time.hpp"
#include "host/control/state_objects.hpp"

namespace backplane::host {

// What a revision did to one of the document's objects.
struct ObjectChange {
  std::string key;
  std::optional<std::string> from;  // none: it was not there
  std::optional<std::string> to;    // none: it is gone
};

// One revision as the store holds it: who did what, and what changed in which objects. A document
// of any age is today's with the changes since then taken back, so a revision costs what it
// changed and not what there is. A plain value.
struct StoredRevision {
  std::uint64_t revision = 0;
  WallTime time;
  std::string author;
  std::string action;
  std::uint64_t restores = 0;
  std::string sha256;  // digest_of all objects once it was made
  std::vector<ObjectChange> changes;
};

// [any] The store's key of `revision`; keys sort as revisions do.
std::string revision_key(std::uint64_t revision);

// [any] What changes `former` into `latter`, in the order of keys. Pure.
std::vector<ObjectChange> changes_between(const StateObjects& former, const StateObjects& latter);

// [any] One compact JSON object.
std::string write_revision(const StoredRevision& revision);
// [any] kUnavailable "state_corrupt": `text` is none that write_revision wrote for `key`.
Result<StoredRevision> read_revision(std::string_view key, std::string_view text);

}  // namespace backplane::host
