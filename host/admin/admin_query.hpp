#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "host/base/result.hpp"
#include "host/base/status.hpp"

namespace backplane::host {

// The query parameters that a call of the admin API may take, as bits.
enum AdminParameter : unsigned {
  kNoParameters = 0,
  kDryRun = 1U << 0U,
  kWait = 1U << 1U,
  kPage = 1U << 2U,
};

// What a call's query says. A plain value.
struct AdminQuery {
  bool dry_run = false;                           // say what would change, and change nothing
  std::optional<std::chrono::milliseconds> wait;  // how long to wait for the end; absent: for ever
  std::uint32_t limit = 50;                       // entries of a page, 1..1000
  std::uint64_t before = 0;                       // the page ends before this one; 0: the newest

  static constexpr std::chrono::milliseconds kLongestWait{600'000};
  static constexpr std::uint32_t kLongestPage = 1000;
};

// Reads `query` ("dry_run=true&wait_ms=100"), without the question mark. Pure.
// kMalformed "bad_query": a parameter that is not in `allowed` (AdminParameter), one that is given
// twice, or a value out of its range.
Result<AdminQuery> parse_admin_query(std::string_view query, unsigned allowed);

}  // namespace backplane::host
