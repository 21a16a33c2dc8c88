#pragma once

#include <boost/intrusive/set.hpp>

#include "host/base/clock.hpp"
#include "host/base/mutex.hpp"
#include "host/base/status.hpp"
#include "host/base/thread.hpp"

namespace backplane::host {

class ChildCall;

// Where a call waits for its deadline: a link of CallDeadlines. Base of a ChildCall.
class TimedCall : public boost::intrusive::set_base_hook<> {
 public:
  // Written before it is added.
  TimePoint expires_at = kNever;

  friend bool operator<(const TimedCall& a, const TimedCall& b) {
    return a.expires_at < b.expires_at;
  }

 protected:
  TimedCall() = default;
  ~TimedCall() = default;
};

// The calls of handlers that are out, by their deadlines, and the thread that ends those whose
// deadline passes. It is started by the first of them, sleeps while there are none, and wakes for
// one that is earlier than all before it, so that calls which are answered in time cost a wake-up
// in each span of a deadline and not each. Links, does not own. Thread-safe.
class CallDeadlines {
 public:
  CallDeadlines() = default;
  // As stop().
  ~CallDeadlines();
  CallDeadlines(const CallDeadlines&) = delete;
  CallDeadlines& operator=(const CallDeadlines&) = delete;

  // [any] Calls `call.expire()` at its `expires_at`, on a thread of its own, unless it is removed
  // before.
  void add(ChildCall& call);
  // [any] Whether it was still waited for: if not, it has been or is being expired.
  bool remove(ChildCall& call);
  // [owner] Ends what is due, then the thread, and joins. What waits for a later deadline meets
  // none any more.
  void stop();

 private:
  void run();
  // The first one that is due, taken out; null: none is.
  ChildCall* take_due(TimePoint now) BP_REQUIRES(mutex_);
  Status start() BP_REQUIRES(mutex_);
  void wait_for_the_next() BP_REQUIRES(mutex_);

  Mutex mutex_;
  CondVar changed_;
  boost::intrusive::multiset<TimedCall> calls_ BP_GUARDED_BY(mutex_);
  TimePoint wakes_at_ BP_GUARDED_BY(mutex_) = kNever;
  bool started_ BP_GUARDED_BY(mutex_) = false;
  bool stopping_ BP_GUARDED_BY(mutex_) = false;
  Thread thread_;  // set under the mutex; joined when nobody adds any more
};

}  // namespace backplane::host
