#include "host/admin/failure_limiter.hpp"

#include <algorithm>

namespace backplane::host {
namespace {

constexpr Duration kForOne = Duration(std::chrono::seconds(1)) / FailureLimiter::kFailuresPerSecond;
// What may be owed and one more failure still made.
constexpr Duration kMostOwed = (FailureLimiter::kFailuresPerSecond - 1) * kForOne;

}  // namespace

bool FailureLimiter::hears(const PeerAddress& peer, TimePoint now) const {
  const auto found = forgiven_.find(peer.network());
  return found == forgiven_.end() || found->second - now <= kMostOwed;
}

void FailureLimiter::note_failure(const PeerAddress& peer, TimePoint now) {
  const auto found = forgiven_.find(peer.network());
  if (found != forgiven_.end()) {
    found->second = std::max(found->second, now) + kForOne;
    return;
  }
  make_room(now);
  forgiven_.emplace(peer.network(), now + kForOne);
}

void FailureLimiter::make_room(TimePoint now) {
  if (forgiven_.size() < most_peers_) return;
  std::erase_if(forgiven_, [now](const auto& peer) { return peer.second <= now; });
  if (forgiven_.size() < most_peers_) return;
  forgiven_.erase(std::min_element(
      forgiven_.begin(), forgiven_.end(),
      [](const auto& one, const auto& other) { return one.second < other.second; }));
}

}  // namespace backplane::host
