#pragma once

#include <algorithm>
#include <chrono>

#include "host/base/clock.hpp"

namespace backplane::host {

// How often a replica may make another handler in the place of one that is not well: at once, then
// 100 ms after that, and twice as long each time, up to ten seconds; from the beginning again after
// a minute without. A plain value.
class RestartPace {
 public:
  static constexpr std::chrono::milliseconds kFirst{100};
  static constexpr std::chrono::seconds kLongest{10};
  static constexpr std::chrono::minutes kCalm{1};

  bool allows(TimePoint now) const { return now >= next_; }
  // One attempt, whatever comes of it.
  void count(TimePoint now) {
    wait_ = now >= calm_ ? kFirst : std::min<Duration>(2 * wait_, kLongest);
    next_ = now + wait_;
    calm_ = now + kCalm;
  }

 private:
  Duration wait_ = kFirst;
  TimePoint next_{};
  TimePoint calm_{};
};

}  // namespace backplane::host
