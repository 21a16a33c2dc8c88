#include "host/plugin/call_deadlines.hpp"

#include <utility>

#include "host/base/log.hpp"
#include "host/plugin/child_call.hpp"

namespace backplane::host {

CallDeadlines::~CallDeadlines() {
  stop();
}

void CallDeadlines::stop() {
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
}

void CallDeadlines::add(ChildCall& call) {
  Status failed;
  {
    const MutexLock lock(mutex_);
    calls_.insert(call);
    if (!started_) failed = start();
    if (call.expires_at < wakes_at_) changed_.notify_all();
  }
  if (!failed.ok()) {
    log_warning("plugin",
                "calls of handlers end at no deadline of their own: " + failed.error().message());
  }
}

bool CallDeadlines::remove(ChildCall& call) {
  const MutexLock lock(mutex_);
  if (!call.is_linked()) return false;
  calls_.erase(calls_.iterator_to(call));
  return true;
}

Status CallDeadlines::start() {
  auto thread = Thread::start("bp-calls", ThreadRole::kReplica, [this] { run(); });
  if (!thread.ok()) return std::move(thread).error();
  thread_ = std::move(thread).value();
  started_ = true;
  return {};
}

ChildCall* CallDeadlines::take_due(TimePoint now) {
  if (calls_.empty() || calls_.begin()->expires_at > now) return nullptr;
  TimedCall& first = *calls_.begin();
  calls_.erase(calls_.begin());
  return &static_cast<ChildCall&>(first);
}

void CallDeadlines::wait_for_the_next() {
  wakes_at_ = calls_.empty() ? kNever : calls_.begin()->expires_at;
  if (wakes_at_ == kNever) {
    changed_.wait(mutex_);
  } else {
    changed_.wait_until(mutex_, wakes_at_);
  }
}

void CallDeadlines::run() {
  for (;;) {
    ChildCall* due = nullptr;
    {
      const MutexLock lock(mutex_);
      while ((due = take_due(Clock::now())) == nullptr && !stopping_) {
        wait_for_the_next();
      }
      if (due == nullptr) return;
    }
    // Without the lock, for it runs code of a plugin.
    due->expire();
  }
}

}  // namespace backplane::host
