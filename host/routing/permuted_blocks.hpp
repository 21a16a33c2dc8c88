#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "host/base/random.hpp"

namespace backplane::host {

// Draws arms by weight with permuted-block randomization, the standard of controlled experiments
// (Efird 2011): each block of kBlock picks holds every arm as often as its weight says, in an order
// shuffled anew; fractions are carried into the next block. So a split is exact to within a few
// picks in any window, and no client that sends every k-th request can lock onto one arm.
// A plain value; one thread.
class PermutedBlocks {
 public:
  static constexpr std::size_t kBlock = 32;

  // `weights`: finite, >= 0, summing to 1; at most 64.
  explicit PermutedBlocks(std::vector<double> weights);

  // The index of the next arm; never one of weight 0.
  std::size_t pick(Random& random);

 private:
  void fill(Random& random);

  std::vector<double> weights_;
  std::vector<double> carry_;  // what each arm is still owed (> 0) or was given in advance (< 0)
  std::array<std::uint8_t, kBlock> block_{};
  std::size_t next_ = kBlock;
};

}  // namespace backplane::host
