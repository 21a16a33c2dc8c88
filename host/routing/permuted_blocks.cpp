#include "host/routing/permuted_blocks.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace backplane::host {

PermutedBlocks::PermutedBlocks(std::vector<double> weights)
    : weights_(std::move(weights)), carry_(weights_.size(), 0.0) {}

std::size_t PermutedBlocks::pick(Random& random) {
  if (next_ == kBlock) fill(random);
  return block_[next_++];
}

void PermutedBlocks::fill(Random& random) {
  // carry_ becomes what each arm is owed by the end of this block; whole picks are dealt first,
  // then the seats left over go to those who are owed most.
  std::size_t filled = 0;
  for (std::size_t arm = 0; arm < weights_.size(); ++arm) {
    carry_[arm] += weights_[arm] * kBlock;
    while (carry_[arm] >= 1.0 && filled < kBlock) {
      block_[filled++] = static_cast<std::uint8_t>(arm);
      carry_[arm] -= 1.0;
    }
  }
  while (filled < kBlock) {
    std::size_t most = 0;
    for (std::size_t arm = 1; arm < weights_.size(); ++arm) {
      // Weight 0 is owed nothing, and must not win by a rounding error.
      const bool eligible = weights_[arm] > 0.0;
      if (eligible && (weights_[most] <= 0.0 || carry_[arm] > carry_[most])) most = arm;
    }
    block_[filled++] = static_cast<std::uint8_t>(most);
    carry_[most] -= 1.0;
  }
  for (std::size_t i = kBlock - 1; i > 0; --i) {
    std::swap(block_[i], block_[random.below(static_cast<std::uint32_t>(i + 1))]);
  }
  next_ = 0;
}

}  // namespace backplane::host
