#pragma once

#include <string>
#include <string_view>

#include "host/base/mutex.hpp"
#include "host/message/exchange.hpp"
#include "tests/support/gate.hpp"

namespace backplane::host {

// An exchange that is its own home, so that a test can wait for its answer and count how often it
// got one. Owned by the test case, and outlives whoever it is handed to. Thread-safe where a
// CompletionSink is.
class TestExchange final : public Exchange, public CompletionSink {
 public:
  // A GET for `path`, which must outlive the exchange.
  explicit TestExchange(std::string_view path = "/") {
    home = this;
    request.method = "GET";
    request.path = request.route_path = path;
    request.request_id = "test-1";
    request.received_at = Clock::now();
  }

  void push(Exchange& exchange) noexcept override {
    MutexLock lock(mutex_);
    if (&exchange != this) return;
    ++completions_;
    completed_.notify_all();
  }

  // [any] How often it was answered: once, or there is a bug.
  int completions() const {
    MutexLock lock(mutex_);
    return completions_;
  }
  bool done() const { return completions() > 0; }

  // [any] Blocks until it is answered. False when that takes over kPatience.
  bool wait() {
    const TimePoint deadline = Clock::now() + kPatience;
    MutexLock lock(mutex_);
    while (completions_ == 0) {
      if (!completed_.wait_until(mutex_, deadline)) return completions_ > 0;
    }
    return true;
  }

  // The answer as "status body" in one line; after completion only.
  std::string answer() const { return std::to_string(response.status) + " " + response.body; }
  // Whether the body of an error answer holds `code`.
  bool has_code(std::string_view code) const {
    return response.body.find("\"code\":\"" + std::string(code) + "\"") != std::string::npos;
  }

 private:
  mutable Mutex mutex_;
  CondVar completed_;
  int completions_ BP_GUARDED_BY(mutex_) = 0;
};

}  // namespace backplane::host
