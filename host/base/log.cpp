#include "host/base/log.hpp"

#include <atomic>

#include "host/base/log_line.hpp"

namespace backplane::host {
namespace {

// Both are set before other threads log, and by no other thread.
std::atomic<LogWriter> writer{nullptr};
std::atomic<int> enabled_up_to{-1};

}  // namespace

void set_log_writer(LogWriter write, LogLevel level) {
  writer.store(write, std::memory_order_relaxed);
  enabled_up_to.store(write == nullptr ? -1 : static_cast<int>(level), std::memory_order_release);
}

void log(LogLevel level, std::string_view area, std::string_view message) {
  if (!is_logged(level)) return;
  const LogWriter write = writer.load(std::memory_order_relaxed);
  if (write != nullptr) write(level, area, log_line(message));
}

void log(LogLevel level, std::string_view area, const LogFields& fields, std::string_view message) {
  if (!is_logged(level)) return;
  log(level, std::string(area) + log_fields(fields), message);
}

bool is_logged(LogLevel level) {
  return static_cast<int>(level) <= enabled_up_to.load(std::memory_order_acquire);
}

}  // namespace backplane::host
