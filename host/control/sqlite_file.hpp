#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "host/base/result.hpp"

namespace Poco::Data {
class Session;
}

namespace backplane::host {

// What a database of ours is: its mark, and the steps that led to today's tables.
struct SqliteSchema {
  std::int32_t application_id = 0;
  // Step n makes version n + 1 (`user_version`) of version n; version 0 is an empty database.
  std::vector<std::string> steps;
};

// [bp-state] Opens the database at `file`, brings it up to the newest version of `schema`, and sees
// to it that what is committed is on the disk; makes it when there is none. Nobody else can use
// it while the session lives. Blocks. Refused, with the file left as it is:
// kUnavailable "state_corrupt": it is damaged, or none of ours.  kUnavailable "state_newer": a
// later version of this program made it.  kUnavailable "store_busy", "store_failed";
// kInsufficientStorage "store_full".
Result<std::unique_ptr<Poco::Data::Session>> open_sqlite(const std::filesystem::path& file,
                                                         const SqliteSchema& schema);

}  // namespace backplane::host
