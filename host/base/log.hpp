#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace backplane::host {

enum class LogLevel : std::uint8_t { kError, kWarning, kInfo, kDebug };

// Where lines go: `line` is escaped and cut.
using LogWriter = void (*)(LogLevel level, std::string_view area, const std::string& line);

// Something known about an event beside its words. Borrows nothing but the name.
struct LogField {
  std::string_view name;  // a word of the program's own
  std::string value;
};
using LogFields = std::vector<LogField>;

// Lines up to `level` go to `write` from now on; null: nowhere. For start_log() and stop_log(),
// which are apart from log() (log_channel.cpp): a program that never starts a log, such as the
// probe child, does not link what writes one.
void set_log_writer(LogWriter write, LogLevel level);

// Sets up the process's log: one line an event on stderr, written by a thread of its own, so
// that no caller waits for whoever reads it. Called once, by app, before any other thread.
void start_log(LogLevel level);
// Writes what is queued and stops. Called once, by app, as the last thing.
void stop_log();

// [any] Writes one line: time, level, area (a folder of host/, or a plugin's name) and message.
// `message` is escaped and cut as log_line() says. Before start_log() and after stop_log() the line
// is dropped.
void log(LogLevel level, std::string_view area, std::string_view message);
// [any] The same with fields behind the area, which no message can forge: "counter backend=hits
// replica=0: message".
void log(LogLevel level, std::string_view area, const LogFields& fields, std::string_view message);
// [any] Whether lines of `level` go anywhere, for who would have to put them together first.
bool is_logged(LogLevel level);

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
