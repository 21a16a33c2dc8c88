#include "host/batching/batch_collector.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace backplane::host {
namespace {

void fail_all(RequestList requests, const Error& error) {
  while (!requests.empty()) requests.pop_front().fail(error);
}

}  // namespace

BatchCollector::BatchCollector(BatchLimits limits, std::size_t max_queue)
    : limits_(limits), max_queue_(max_queue) {}

Status BatchCollector::push(RequestList& burst, TimePoint now) {
  std::uint32_t wakes = 0;
  bool closed = false;
  std::size_t max_queue = 0;
  {
    MutexLock lock(mutex_);
    closed = closed_;
    max_queue = max_queue_;
    while (!closed && !burst.empty() && queue_.size() < max_queue_) {
      PendingRequest request = burst.pop_front();
      request.exchange().queued = now;
      queue_.push(std::move(request));
    }
    if (!closed) wakes = claim_sleepers(now);
    depth_.store(queue_.size(), std::memory_order_relaxed);
  }
  for (; wakes > 0; --wakes) ready_.notify_one();
  if (burst.empty()) return {};
  if (closed) return Error(ErrorCode::kUnavailable, "backend is closed");
  return Error(ErrorCode::kResourceExhausted, "queue_full",
               "queue is full: " + std::to_string(max_queue) + " requests wait already");
}

BatchCollector::Pull BatchCollector::pop_batch(Duration service_time, std::uint64_t& calls,
                                               std::uint32_t most) {
  for (;;) {
    Taken taken;
    Pull pull;
    std::uint32_t wakes = 0;
    {
      MutexLock lock(mutex_);
      service_time_ = service_time;
      for (;;) {
        const TimePoint now = Clock::now();
        if (calls != calls_) {
          calls = calls_;
          pull.called = true;
          // It may have been woken for a request, which is somebody else's now.
          wakes = claim_sleepers(now);
          break;
        }
        BatchDecision decision = decide(limits_, view(), service_time, now);
        // A closed queue has no company to wait for; nor is there any for more than there is room.
        if (closed_ && decision.take == 0)
          decision.take = static_cast<std::uint32_t>(queue_.size());
        if (decision.take == 0 && queue_.size() >= most) decision.take = most;
        decision.take = std::min(decision.take, most);
        if (decision.take > 0) {
          pull.together = limits_.max_batch_size > 1;
          taken = take(decision.take, now);
          depth_.store(queue_.size(), std::memory_order_relaxed);
          wakes = claim_sleepers(now);
          break;
        }
        if (closed_) return {};
        sleep(decision.wait_until, most);
      }
    }
    for (; wakes > 0; --wakes) ready_.notify_one();
    if (!taken.expired.empty()) {
      fail_all(std::move(taken.expired),
               Error(ErrorCode::kDeadlineExceeded, "deadline passed while the request was queued"));
    }
    if (!taken.abandoned.empty()) {
      fail_all(std::move(taken.abandoned), Error(ErrorCode::kCancelled, "the client left"));
    }
    pull.requests = std::move(taken.ready);
    if (pull.called || !pull.requests.empty()) return pull;
  }
}

void BatchCollector::call_replicas() {
  {
    MutexLock lock(mutex_);
    ++calls_;
  }
  ready_.notify_all();
}

void BatchCollector::set_limits(const BatchLimits& limits, std::size_t max_queue) {
  {
    MutexLock lock(mutex_);
    limits_ = limits;
    max_queue_ = max_queue;
  }
  // What waits may be a batch by the new limits.
  ready_.notify_all();
}

void BatchCollector::close() {
  {
    MutexLock lock(mutex_);
    closed_ = true;
  }
  ready_.notify_all();
}

RequestList BatchCollector::close_and_take() {
  RequestList rest;
  {
    MutexLock lock(mutex_);
    closed_ = true;
    rest = queue_.take_all();
    depth_.store(0, std::memory_order_relaxed);
  }
  ready_.notify_all();
  return rest;
}

std::chrono::milliseconds BatchCollector::drain_estimate() const {
  MutexLock lock(mutex_);
  return drain_time(limits_, queue_.size(), service_time_);
}

bool BatchCollector::go_together(const Exchange& one, const Exchange& other) {
  // The key alone could be made to collide by whoever chooses the method's name.
  return one.batch_key == other.batch_key && one.request.call_method == other.request.call_method;
}

QueueView BatchCollector::view() const {
  QueueView queue{.length = queue_.size()};
  if (queue.length == 0 || limits_.max_batch_size <= 1) return queue;
  RequestQueue::Cursor cursor(queue_);
  const Exchange* const first = cursor.next();
  queue.oldest_arrival = first->queued;
  for (const Exchange* exchange = first;
       exchange != nullptr && queue.compatible < limits_.max_batch_size &&
       go_together(*exchange, *first);
       exchange = cursor.next()) {
    ++queue.compatible;
    queue.oldest_arrival = std::min(queue.oldest_arrival, exchange->queued);
    queue.tightest_deadline =
        std::min({queue.tightest_deadline, exchange->due, exchange->request.deadline});
  }
  return queue;
}

BatchCollector::Taken BatchCollector::take(std::uint32_t count, TimePoint now) {
  Taken taken;
  const bool batched = limits_.max_batch_size > 1;
  const Exchange& first = *queue_.front();  // stays alive in one of the lists
  while (!queue_.empty() && taken.ready.size() < count) {
    // One that leaves unexecuted makes room for the next, which may be of another kind.
    if (batched && !go_together(*queue_.front(), first)) break;
    PendingRequest request = queue_.pop_front();
    if (request.exchange().abandoned()) {
      taken.abandoned.push_back(std::move(request));
    } else if (request.exchange().request.deadline <= now) {
      taken.expired.push_back(std::move(request));
    } else {
      taken.ready.push_back(std::move(request));
    }
  }
  return taken;
}

std::uint32_t BatchCollector::claim_sleepers(TimePoint now) {
  if (queue_.empty() || sleeping_ == 0) return 0;
  const QueueView queue = view();
  const BatchDecision decision = decide(limits_, queue, service_time_, now);
  std::size_t wanted = 1;
  if (decision.take > 0) {
    wanted = (queue.length + decision.take - 1) / decision.take;
  } else if (queue.length >= forming_most_) {
    wanted = std::size_t{waking_} + sleeping_;  // one of them has room for no more than there is
  } else if (forming_until_ <= decision.wait_until) {
    wanted = 0;  // whoever waits for this batch to fill will look again in time
  }
  if (wanted <= waking_) return 0;
  const auto wakes = static_cast<std::uint32_t>(std::min<std::size_t>(wanted - waking_, sleeping_));
  sleeping_ -= wakes;
  waking_ += wakes;
  return wakes;
}

void BatchCollector::sleep(TimePoint until, std::uint32_t most) {
  ++sleeping_;
  if (until == kNever) {
    ready_.wait(mutex_);
  } else {
    forming_until_ = std::min(forming_until_, until);
    forming_most_ = std::min(forming_most_, most);
    ++forming_;
    ready_.wait_until(mutex_, until);
    // Another replica may still be waiting for its own moment; forgetting it costs one spare wake.
    forming_until_ = kNever;
    // But nothing else would tell it that there is as much as it has room for.
    if (--forming_ == 0) forming_most_ = kMaxBatchSize;
  }
  // Claimed by a push (then it took us out of sleeping_), or woken by time, close or nothing.
  if (waking_ > 0) {
    --waking_;
  } else if (sleeping_ > 0) {
    --sleeping_;
  }
}

}  // namespace backplane::host
