#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include <backplane/abi.h>
#include <backplane/detail/text.hpp>
#include <backplane/testing/test_answer.hpp>
#include <backplane/testing/test_request.hpp>

namespace backplane {

// One request on its way through a handler under test. Owned by the test, which outlives what the
// handler keeps of it; any thread, as a handler may answer from.
class TestCall {
 public:
  explicit TestCall(TestRequest request) : request_(std::move(request)) {
    if (!request_.content_type.empty()) {
      request_.headers.emplace_back("Content-Type", request_.content_type);
    }
    for (const auto& [name, value] : request_.headers) {
      fields_.push_back({to_bp_str(name), to_bp_str(value)});
    }
    view_.struct_size = sizeof(bp_request);
    view_.header_count = static_cast<std::uint32_t>(fields_.size());
    view_.method = to_bp_str(request_.method);
    view_.path = to_bp_str(request_.path);
    view_.query = to_bp_str(request_.query);
    view_.body = to_bp_str(request_.body);
    view_.content_type = to_bp_str(request_.content_type);
    view_.headers = fields_.data();
    view_.deadline_ns = request_.deadline_ns;
    view_.trace_id = to_bp_str(request_.id);
  }

  ~TestCall() { release_all(); }
  TestCall(const TestCall&) = delete;
  TestCall& operator=(const TestCall&) = delete;

  // The answer so far; the host's verdict if the handler left the request open.
  TestAnswer answer() const {
    const std::lock_guard lock(mutex_);
    if (answer_.completions > 0) return answer_;
    TestAnswer open;
    open.message = "the handler left the request without an answer";
    open.http_status = http_status_of(open.status);
    return open;
  }

  // Blocks until the handler has answered. False: it did not within `patience`.
  bool wait(std::chrono::milliseconds patience) const {
    std::unique_lock lock(mutex_);
    return completed_.wait_for(lock, patience, [this] { return answer_.completions > 0; });
  }

  // The client has taken what was written in pieces: there is room again.
  void read() {
    const std::lock_guard lock(mutex_);
    unread_ = 0;
    const bp_writable_fn writable = std::exchange(writable_, nullptr);
    if (writable != nullptr) writable(writable_user_);
  }

  // Nobody waits for the answer any more, as when a client has left.
  void cancel() {
    // Under the lock: who completes the call meanwhile waits for the action, as with a host.
    const std::lock_guard lock(mutex_);
    request_.cancelled = true;
    read();
    const bp_cancelled_fn action = std::exchange(cancelled_, nullptr);
    if (action != nullptr) action(cancelled_user_);
  }

 private:
  friend class TestHost;

  bool is_cancelled() const {
    const std::lock_guard lock(mutex_);
    return request_.cancelled;
  }

  bool is_complete() const {
    const std::lock_guard lock(mutex_);
    return answer_.completions > 0;
  }

  // CONTRACT: it has one, or is complete.
  bp_status listen(bp_cancelled_fn action, void* user) {
    const std::lock_guard lock(mutex_);
    if (std::exchange(listens_, true) || answer_.completions > 0) return BP_CONTRACT;
    if (request_.cancelled) {
      action(user);
    } else {
      cancelled_ = action;
      cancelled_user_ = user;
    }
    return BP_OK;
  }

  bool is_full() const {
    const std::lock_guard lock(mutex_);
    return request_.room > 0 && unread_ >= request_.room;
  }

  // CONTRACT: nothing was written in pieces, or one is waiting already.
  bp_status on_writable(bp_writable_fn writable, void* user) {
    const std::lock_guard lock(mutex_);
    if (answer_.pieces == 0 || writable_ != nullptr || answer_.completions > 0) return BP_CONTRACT;
    if (request_.cancelled || !is_full()) {
      writable(user);
    } else {
      writable_ = writable;
      writable_user_ = user;
    }
    return BP_OK;
  }

  // What the handler lent, which a host may give back on any thread.
  void release_all() {
    for (const auto& [release, user] : std::exchange(lent_, {})) release(user);
  }

  // The thread that runs an action may complete the call in it.
  mutable std::recursive_mutex mutex_;
  mutable std::condition_variable_any completed_;
  bool listens_ = false;
  bp_cancelled_fn cancelled_ = nullptr;
  void* cancelled_user_ = nullptr;
  std::size_t unread_ = 0;  // bytes in pieces
  bp_writable_fn writable_ = nullptr;
  void* writable_user_ = nullptr;

  TestRequest request_;
  std::vector<bp_kv> fields_;
  bp_request view_{};
  TestAnswer answer_;
  bool head_sent_ = false;
  std::vector<std::unique_ptr<char[]>> blocks_;
  std::vector<std::pair<bp_release_fn, void*>> lent_;
};

}  // namespace backplane
