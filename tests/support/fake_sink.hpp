#pragma once

#include <chrono>
#include <cstddef>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "host/batching/request_sink.hpp"

namespace backplane::host {

// A sink that keeps what it is sent until the test answers it. Owned as the code under test owns
// sinks, by shared_ptr; what it still holds when it goes is answered 500. One thread.
class FakeSink final : public RequestSink {
 public:
  explicit FakeSink(std::string label) : RequestSink(std::move(label)) {}

  Status submit(RequestList& burst, std::size_t /*thread*/) override {
    ++submits_;
    if (closed_) return Error(ErrorCode::kUnavailable, "backend is closed");
    while (!burst.empty() && held_.size() < room_) held_.push_back(burst.pop_front());
    if (burst.empty()) return {};
    return Error(ErrorCode::kResourceExhausted, "queue_full", "queue is full");
  }
  std::size_t queued() const override { return held_.size(); }
  std::chrono::milliseconds drain_estimate() const override { return drain_; }
  std::size_t slots() const override { return slots_; }
  bool is_recalled() const override { return recalled_; }

  void close() { closed_ = true; }
  void recall() { recalled_ = true; }
  // It takes no more than this many before it is full.
  void set_room(std::size_t room) { room_ = room; }
  void set_slots(std::size_t slots) { slots_ = slots; }
  void set_drain(std::chrono::milliseconds drain) { drain_ = drain; }

  std::size_t submits() const { return submits_; }
  std::size_t held() const { return held_.size(); }
  const HttpRequest& request(std::size_t i) const { return held_[i].exchange().request; }
  const Exchange& exchange(std::size_t i) const { return held_[i].exchange(); }

  // Answers all it holds with 200 and says how many that were.
  std::size_t answer_all(std::string_view body = "ok") {
    std::vector<PendingRequest> held = std::exchange(held_, {});
    for (PendingRequest& request : held) {
      request.exchange().response.body = body;
      std::move(request).complete();
    }
    return held.size();
  }

 private:
  bool closed_ = false;
  bool recalled_ = false;
  std::size_t room_ = std::numeric_limits<std::size_t>::max();
  std::chrono::milliseconds drain_{0};
  std::size_t submits_ = 0;
  std::size_t slots_ = 1;
  std::vector<PendingRequest> held_;
};

}  // namespace backplane::host
