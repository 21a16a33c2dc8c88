#include "host/routing/weighted_draw.hpp"

namespace backplane::host {
namespace {

constexpr std::size_t kNone = static_cast<std::size_t>(-1);

// Where `point` falls when the weights of all arms but `without` are laid end to end; `without`
// when there is no weight left.
std::size_t draw(std::span<const double> weights, double point, std::size_t without) {
  double total = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) total += i == without ? 0 : weights[i];
  double left = point * total;
  std::size_t found = without;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (i == without || weights[i] <= 0) continue;
    found = i;
    if (left < weights[i]) break;
    // Where rounding leaves a rest behind the last arm, it is that arm's.
    left -= weights[i];
  }
  return found;
}

}  // namespace

ArmPair draw_two(std::span<const double> weights, double point, double second_point) {
  const std::size_t first = draw(weights, point, kNone);
  return {.first = first, .second = draw(weights, second_point, first)};
}

}  // namespace backplane::host
