#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace backplane::host {

// FNV-1a over the bytes, finished by a mixer. No seed: the same on every host and after every
// restart, which is what makes a shard key sticky. Pure.
std::uint64_t shard_hash(std::string_view bytes);

// One candidate of pick_by_key().
struct ShardArm {
  std::uint64_t hash = 0;  // shard_hash of its tag
  double weight = 0;
};

// The arm that `key_hash` belongs to: weighted rendezvous hashing (Thaler, Ravishankar 1998; the
// logarithmic weighting of Schindelhauer, Schomaker 2005). When weights change, only keys whose arm
// lost share move, and only to arms that gained it. Pure. At least one weight must be > 0.
std::size_t pick_by_key(std::uint64_t key_hash, std::span<const ShardArm> arms);

}  // namespace backplane::host
