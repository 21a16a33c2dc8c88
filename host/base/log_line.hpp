#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "host/base/log.hpp"

namespace backplane::host {

// `message` as it stands in the log: control characters escaped, so that whoever chose its bytes
// (a client, a plugin) cannot forge a line or command a terminal, and cut to kMaxLogMessage
// bytes, never inside a UTF-8 sequence. Pure.
std::string log_line(std::string_view message);

// " name=value" for each, in logfmt: a value of other characters than [A-Za-z0-9._-] is quoted, its
// quotes and backslashes escaped, and the rest as in log_line(). Pure.
std::string log_fields(const LogFields& fields);

inline constexpr std::size_t kMaxLogMessage = 1024;

}  // namespace backplane::host
