#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace backplane::host {

// A moment as documents and records say it, by the clock of people, to the second. That clock may
// jump, so nothing waits or is measured by it. Logic takes it as an argument, as it does TimePoint.
using WallTime = std::chrono::sys_seconds;

// [any]
WallTime wall_now();

// [any] "2026-01-02T03:04:05Z" (RFC 3339, always UTC).
std::string to_text(WallTime time);
// [any] Exactly that form, with a date that the calendar has; nothing otherwise.
std::optional<WallTime> parse_wall_time(std::string_view text);

}  // namespace backplane::host
