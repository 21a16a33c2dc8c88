#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "host/base/log.hpp"
#include "host/message/request_id.hpp"

namespace backplane::host {

// Whose code runs, and for which request. A plain value.
struct LogPlace {
  std::string backend;
  std::uint64_t generation = 0;
  std::uint32_t replica = 0;
  const void* instance = nullptr;  // what the plugin made of it; null while it is making it
};

// While it lives, what a plugin logs from this thread is of `place` and, where `requests` is not 0,
// of the request `first` and those in a batch with it. A local variable around a call into a
// plugin; one thread. Scopes nest: the inner one counts.
class LogScope {
 public:
  // Borrows `place`.
  explicit LogScope(const LogPlace& place) : LogScope(place, {}, 0) {}
  // Copies `first`: an asynchronous handler may complete its call before it returns.
  LogScope(const LogPlace& place, const RequestId& first, std::size_t requests);
  ~LogScope();
  LogScope(const LogScope&) = delete;
  LogScope& operator=(const LogScope&) = delete;

  // [any] What the calling thread's scope says: backend, replica, generation, request, batch. Empty
  // outside of any.
  static LogFields fields();
  // [any] The replica that the calling thread is of; null where it is of none.
  static const LogPlace* place();

  // Whose thread it is.
  enum class Where : std::uint8_t {
    kReplica,    // of the replica, as far as its code runs now
    kElsewhere,  // of whoever brings an answer to the replica's code
  };
  LogScope(const LogPlace& place, const RequestId& first, Where where);

 private:
  const LogPlace& place_;
  const RequestId first_;
  const std::size_t requests_;
  const Where where_ = Where::kReplica;
  const LogScope* const outer_;
};

// [any] Writes a line of `plugin`, with the fields of the calling thread's scope.
void log_from_plugin(LogLevel level, std::string_view plugin, std::string_view message);

}  // namespace backplane::host
