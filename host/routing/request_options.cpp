#include "host/routing/request_options.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>

#include "host/message/headers.hpp"

namespace backplane::host {
namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;

constexpr std::string_view kRelativeSlo = "X-Serve-Relative-Slo-Ms";
constexpr std::string_view kAbsoluteSlo = "X-Serve-Absolute-Slo-Ms";
constexpr std::string_view kIntervalWanted = "a whole number of milliseconds, 1 to 86400000";
constexpr std::size_t kMaxCallMethod = 64;
constexpr std::size_t kMaxShardKey = 256;

Error bad_header(std::string_view name, std::string_view value, std::string_view wanted) {
  return Error(ErrorCode::kMalformed, "bad_header",
               "header '" + std::string(name) + "' is '" + std::string(value.substr(0, 100)) +
                   "'; it must be " + std::string(wanted));
}

Status read_call_method(std::string_view value, HttpRequest& request) {
  const bool good = value.size() <= kMaxCallMethod && !value.empty() &&
                    std::all_of(value.begin(), value.end(), [](char c) {
                      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                             (c >= '0' && c <= '9') || c == '_';
                    });
  if (!good) return bad_header("X-Serve-Call-Method", value, "a name: [A-Za-z0-9_]{1,64}");
  request.call_method = value;
  return {};
}

Status read_shard_key(std::string_view value, HttpRequest& request) {
  if (value.empty() || value.size() > kMaxShardKey) {
    return bad_header("X-Serve-Shard-Key", value, "1 to 256 bytes long");
  }
  request.shard_key = value;
  request.has_shard_key = true;
  return {};
}

// A whole number of at least 1 and nothing else; 0 when it is not that. Repeated fields come joined
// with a comma, so they are no number either.
template <typename Integer>
Integer read_positive(std::string_view value) {
  Integer number = 0;
  const auto [end, failure] = std::from_chars(value.data(), value.data() + value.size(), number);
  const bool whole = failure == std::errc() && end == value.data() + value.size();
  return whole && number > 0 ? number : 0;
}

// 1 to kMaxRequestTimeout; nothing when `value` is not that.
std::optional<milliseconds> read_interval(std::string_view value) {
  const milliseconds interval(read_positive<std::uint32_t>(value));
  if (interval.count() == 0 || interval > kMaxRequestTimeout) return std::nullopt;
  return interval;
}

Status read_timeout(std::string_view value, HttpRequest& request) {
  const auto timeout = read_interval(value);
  if (!timeout) return bad_header("X-Request-Timeout", value, kIntervalWanted);
  request.deadline = std::min(request.deadline, request.received_at + *timeout);
  return {};
}

Error two_objectives() {
  return Error(ErrorCode::kMalformed, "bad_header",
               "headers '" + std::string(kRelativeSlo) + "' and '" + std::string(kAbsoluteSlo) +
                   "' are both there; one of them says all");
}

Status read_relative_slo(std::string_view value, HttpRequest& request) {
  if (request.slo != kNever) return two_objectives();
  const auto interval = read_interval(value);
  if (!interval) return bad_header(kRelativeSlo, value, kIntervalWanted);
  request.slo = request.received_at + *interval;
  return {};
}

Status read_absolute_slo(std::string_view value, HttpRequest& request, WallClock wall_clock) {
  if (request.slo != kNever) return two_objectives();
  const milliseconds since_1970(read_positive<std::int64_t>(value));
  if (since_1970.count() == 0) {
    return bad_header(kAbsoluteSlo, value, "a whole number of milliseconds since 1970, 1 or more");
  }
  // Further away than this makes no difference in a queue, and could not be counted in nanoseconds.
  const auto now = duration_cast<milliseconds>(wall_clock().time_since_epoch());
  request.slo =
      request.received_at + std::clamp(since_1970 - now, -kMaxRequestTimeout, kMaxRequestTimeout);
  return {};
}

bool is_lower_hex(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

Status read_traceparent(std::string_view value, HttpRequest& request) {
  // version "-" trace-id "-" parent-id "-" flags; ids of zeros are invalid.
  const bool good = value.size() == 55 && value.starts_with("00-") && value[35] == '-' &&
                    value[52] == '-' && is_lower_hex(value.substr(3, 32)) &&
                    is_lower_hex(value.substr(36, 16)) && is_lower_hex(value.substr(53, 2)) &&
                    value.substr(3, 32).find_first_not_of('0') != std::string_view::npos &&
                    value.substr(36, 16).find_first_not_of('0') != std::string_view::npos;
  if (!good) {
    return bad_header("traceparent", value, "a W3C trace context of version 00");
  }
  request.trace_id = value.substr(3, 32);
  return {};
}

}  // namespace

Status read_request_options(HttpRequest& request, WallClock wall_clock) {
  request.slo = kNever;  // one that is looked at twice, early and whole, names it once
  for (const HeaderField& field : request.headers) {
    // The first letter and the length settle it for nearly every field.
    const char first = field.name.empty() ? '\0' : static_cast<char>(field.name.front() | 0x20);
    if (first != 'x' && first != 't') continue;
    Status status;
    if (equals_ignoring_case(field.name, "X-Serve-Call-Method")) {
      status = read_call_method(field.value, request);
    } else if (equals_ignoring_case(field.name, "X-Serve-Shard-Key")) {
      status = read_shard_key(field.value, request);
    } else if (equals_ignoring_case(field.name, "X-Request-Timeout")) {
      status = read_timeout(field.value, request);
    } else if (equals_ignoring_case(field.name, kRelativeSlo)) {
      status = read_relative_slo(field.value, request);
    } else if (equals_ignoring_case(field.name, kAbsoluteSlo)) {
      status = read_absolute_slo(field.value, request, wall_clock);
    } else if (equals_ignoring_case(field.name, "traceparent")) {
      status = read_traceparent(field.value, request);
    }
    if (!status.ok()) return status;
  }
  return {};
}

}  // namespace backplane::host
