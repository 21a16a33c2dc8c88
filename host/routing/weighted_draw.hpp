#pragma once

#include <cstddef>
#include <span>

namespace backplane::host {

// Two arms to choose from.
struct ArmPair {
  std::size_t first = 0;
  std::size_t second = 0;

  bool operator==(const ArmPair&) const = default;
};

// Two arms drawn by weight, the second one from those that are left; the same one twice when no
// other has any weight. `point`, `second_point`: uniform in [0, 1). Pure. At least one weight must
// be > 0.
ArmPair draw_two(std::span<const double> weights, double point, double second_point);

}  // namespace backplane::host
