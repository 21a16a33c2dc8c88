#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "host/backend/backend.hpp"
#include "tests/support/fake_handler_factory.hpp"
#include "tests/support/gate.hpp"
#include "tests/support/test_exchange.hpp"

namespace backplane::host {

// One backend with a fake handler, and what it said about itself. Owned by the test case; only its
// thread lets go of the backend.
class BackendFixture {
 public:
  std::shared_ptr<FakeHandlerFactory> factory = std::make_shared<FakeHandlerFactory>();
  BackendOptions options{.generation = 7};

  static BackendSpec spec(std::uint32_t num_replicas = 1, std::uint32_t max_batch_size = 1) {
    BackendSpec made;
    made.tag = "fake";
    made.config.num_replicas = num_replicas;
    made.config.max_batch_size = max_batch_size;
    return made;
  }

  void start(BackendSpec made) {
    BackendEvents events;
    events.on_started = [this](Status status) {
      MutexLock lock(mutex_);
      ++started_times_;
      started_ = std::move(status);
      changed_.notify_all();
    };
    events.on_replica_ended = [this] {
      MutexLock lock(mutex_);
      ++ended_times_;
      changed_.notify_all();
    };
    events.on_stopped = [this] {
      MutexLock lock(mutex_);
      ++stopped_times_;
      changed_.notify_all();
    };
    backend = Backend::start(std::move(made), options, factory, std::move(events),
                             [](const std::function<void()>& task) { task(); });
  }

  // Blocks until the replicas are up, or none will be.
  Status wait_started() {
    const TimePoint deadline = Clock::now() + kPatience;
    MutexLock lock(mutex_);
    while (!started_) {
      if (!changed_.wait_until(mutex_, deadline) && !started_) {
        return Error(ErrorCode::kDeadlineExceeded, "test waited in vain");
      }
    }
    return *started_;
  }
  // Blocks until no replica runs any more. False when that takes over kPatience.
  bool wait_stopped() {
    const TimePoint deadline = Clock::now() + kPatience;
    MutexLock lock(mutex_);
    while (stopped_times_ == 0) {
      if (!changed_.wait_until(mutex_, deadline)) return stopped_times_ > 0;
    }
    return true;
  }
  // Blocks until a replica has ended before the others. False when that takes over kPatience.
  bool wait_ended() {
    const TimePoint deadline = Clock::now() + kPatience;
    MutexLock lock(mutex_);
    while (ended_times_ == 0) {
      if (!changed_.wait_until(mutex_, deadline)) return ended_times_ > 0;
    }
    return true;
  }
  int started_times() const {
    MutexLock lock(mutex_);
    return started_times_;
  }
  int stopped_times() const {
    MutexLock lock(mutex_);
    return stopped_times_;
  }

  Status submit(TestExchange& exchange, std::size_t thread = 0) {
    RequestList burst;
    burst.push_back(PendingRequest(exchange));
    Status status = backend->submit(burst, thread);
    // A refused one stays the caller's, who answers it as the router would.
    while (!burst.empty()) burst.pop_front().fail(status.error());
    return status;
  }

 private:
  mutable Mutex mutex_;
  CondVar changed_;
  std::optional<Status> started_ BP_GUARDED_BY(mutex_);
  int started_times_ BP_GUARDED_BY(mutex_) = 0;
  int ended_times_ BP_GUARDED_BY(mutex_) = 0;
  int stopped_times_ BP_GUARDED_BY(mutex_) = 0;

 public:
  // Last, so first to go: its threads report to everything above.
  std::shared_ptr<Backend> backend;
};

}  // namespace backplane::host
