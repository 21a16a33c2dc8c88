#pragma once

#include <string>
#include <string_view>

namespace backplane::host {

// `message` as it stands in the log: control characters escaped, so that whoever chose its bytes
// (a client, a plugin) cannot forge a line or command a terminal, and cut to kMaxLogMessage
// bytes, never inside a UTF-8 sequence. Pure.
std::string log_line(std::string_view message);

inline constexpr std::size_t kMaxLogMessage = 1024;

}  // namespace backplane::host
