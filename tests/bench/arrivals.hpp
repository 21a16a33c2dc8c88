#pragma once

#include <chrono>
#include <cmath>
#include <cstdint>
#include <random>

namespace backplane::bench {

// When requests of independent clients arrive: the gaps are exponentially distributed. The same
// seed gives the same times with every standard library, for only the engine comes from it.
class Arrivals {
 public:
  Arrivals(double per_second, std::uint64_t seed) : per_second_(per_second), engine_(seed) {}

  // Since the start; each call gives the next one.
  std::chrono::nanoseconds next() {
    constexpr double kStep = 0x1p-53;
    const double below_one = static_cast<double>(engine_() >> 11U) * kStep;
    seconds_ += -std::log1p(-below_one) / per_second_;
    return std::chrono::nanoseconds(static_cast<std::int64_t>(seconds_ * 1e9));
  }

 private:
  double per_second_;
  double seconds_ = 0;
  std::mt19937_64 engine_;
};

}  // namespace backplane::bench
