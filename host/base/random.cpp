#include "host/base/random.hpp"

#include <random>

namespace backplane::host {

Random::Random(std::uint64_t seed) : state_{} {
  for (auto& word : state_) {
    seed += 0x9e3779b97f4a7c15ULL;
    word = mix64(seed);
  }
}

double Random::uniform() {
  return static_cast<double>(next() >> 11U) * 0x1.0p-53;
}

std::uint32_t Random::below(std::uint32_t bound) {
  // Multiply-shift (Lemire 2019) without the rejection step: the bias is bound / 2^32.
  return static_cast<std::uint32_t>(((next() >> 32U) * bound) >> 32U);
}

std::uint64_t random_seed() {
  std::random_device device;
  return (static_cast<std::uint64_t>(device()) << 32U) | device();
}

}  // namespace backplane::host
