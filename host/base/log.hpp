#pragma once

#include <cstdint>
#include <string_view>

namespace backplane::host {

enum class LogLevel : std::uint8_t { kError, kWarning, kInfo, kDebug };

// Sets up the process's log: one line an event on stderr, written by a thread of its own, so
// that no caller waits for whoever reads it. Called once, by app, before any other thread.
void start_log(LogLevel level);
// Writes what is queued and stops. Called once, by app, as the last thing.
void stop_log();

// [any] Writes one line: time, level, area (a folder of host/, or a plugin's name) and message.
// `message` is escaped and cut as log_line() says. Before start_log() and after stop_log() the line
// is dropped.
void log(LogLevel level, std::string_view area, std::string_view message);

inline void log_error(std::string_view area, std::string_view message) {
  log(LogLevel::kError, area, message);
}
inline void log_warning(std::string_view area, std::string_view message) {
  log(LogLevel::kWarning, area, message);
}
inline void log_info(std::string_view area, std::string_view message) {
  log(LogLevel::kInfo, area, message);
}
inline void log_debug(std::string_view area, std::string_view message) {
  log(LogLevel::kDebug, area, message);
}

}  // namespace backplane::host
