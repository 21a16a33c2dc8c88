#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string>

namespace backplane::host {

// SplitMix64's finalizer (Steele, Lea, Flood 2014): a cheap bijection that spreads every input
// bit over the word.
constexpr std::uint64_t mix64(std::uint64_t x) {
  x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27U)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31U);
}

// xoshiro256++ (Blackman, Vigna 2019) seeded through SplitMix64. A plain value: each thread has
// its own, and a test that seeds it sees the same draws each run. Not for secrets.
class Random {
 public:
  explicit Random(std::uint64_t seed);

  std::uint64_t next() {
    const std::uint64_t result = std::rotl(state_[0] + state_[3], 23) + state_[0];
    const std::uint64_t shifted = state_[1] << 17U;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = std::rotl(state_[3], 45);
    return result;
  }
  // Uniform in [0, 1).
  double uniform();
  // Uniform in [0, bound); bound > 0.
  std::uint32_t below(std::uint32_t bound);

 private:
  std::uint64_t state_[4];
};

// A seed from the operating system's generator; for Random objects outside tests.
std::uint64_t random_seed();

// [any] `bytes` bytes of the kernel's generator as lower-case hexadecimal digits; good for secrets.
std::string random_hex(std::size_t bytes);

}  // namespace backplane::host
