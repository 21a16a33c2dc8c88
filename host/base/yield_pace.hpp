#pragma once

#include <algorithm>

#include "host/base/clock.hpp"

namespace backplane::host {

// When a thread that lets others run first does so again. Requests are soon done, and it may let
// them go first as often as they like. What takes long are others that want the core for
// themselves: to each of them it would lose as many turns as its work has pieces, for nothing. So
// the pause grows with the square of what the others took: 10 us after 100 us, 1 ms after 1 ms,
// 100 ms after 10 ms; at most 1,024 ms. A plain value; one thread.
class YieldPace {
 public:
  bool is_due(TimePoint now) const {
    const Duration took = std::min<Duration>(took_, kLongest);
    return now - back_ >= took * (took / std::chrono::microseconds(1)) / 1000;
  }
  // Others were let go first from `left` to `back`.
  void note(TimePoint left, TimePoint back) {
    took_ = back - left;
    back_ = back;
  }

 private:
  static constexpr std::chrono::milliseconds kLongest{32};

  TimePoint back_{};
  Duration took_{};
};

}  // namespace backplane::host
