#pragma once

#include <algorithm>

#include "host/base/clock.hpp"

namespace backplane::host {

// How many calls of nobody we know get a line of their own in the audit log: a hundred at once, and
// a hundred a second from then on. A plain value: time is a parameter.
class RefusalBudget {
 public:
  static constexpr int kLinesPerSecond = 100;

  // Whether there is a line left at `now`; takes it.
  bool take(TimePoint now) {
    constexpr Duration kForOne = Duration(std::chrono::seconds(1)) / kLinesPerSecond;
    constexpr Duration kMostOwed = (kLinesPerSecond - 1) * kForOne;
    const TimePoint owed = std::max(owed_until_, now);
    if (owed - now > kMostOwed) return false;
    owed_until_ = owed + kForOne;
    return true;
  }

 private:
  TimePoint owed_until_{};
};

}  // namespace backplane::host
