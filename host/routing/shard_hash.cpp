#include "host/routing/shard_hash.hpp"

#include <cmath>
#include <limits>

#include "host/base/random.hpp"

namespace backplane::host {
namespace {

constexpr std::uint64_t kOffset = 0x9e3779b97f4a7c15ULL;  // 2^64 over the golden ratio

}  // namespace

std::uint64_t shard_hash(std::string_view bytes) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (const char c : bytes) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001b3ULL;
  }
  return mix64(hash);
}

std::size_t pick_by_key(std::uint64_t key_hash, std::span<const ShardArm> arms) {
  std::size_t best = 0;
  double best_score = std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < arms.size(); ++i) {
    if (arms[i].weight <= 0.0) continue;
    // Uniform in (0, 1): an exponential variable of rate `weight`; the smallest one wins with a
    // probability equal to its share of the weights.
    // The sum keeps a key that is called like the arm from cancelling out, which mix64 maps to 0.
    const std::uint64_t bits = mix64((key_hash + kOffset) ^ arms[i].hash) >> 11U;
    const double uniform = (static_cast<double>(bits) + 0.5) * 0x1.0p-53;
    const double score = -std::log(uniform) / arms[i].weight;
    if (score < best_score) {
      best_score = score;
      best = i;
    }
  }
  return best;
}

}  // namespace backplane::host
