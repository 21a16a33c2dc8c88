#include "host/base/random.hpp"

#include <random>
#include <string_view>
#include <sys/random.h>

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

std::string random_hex(std::size_t bytes) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string text;
  while (text.size() < 2 * bytes) {
    std::uint8_t byte = 0;
    // It waits until the kernel has been seeded, once after boot, and fails for a signal only.
    if (::getrandom(&byte, 1, 0) != 1) continue;
    text += kHex[byte >> 4U];
    text += kHex[byte & 0xfU];
  }
  return text;
}

}  // namespace backplane::host
