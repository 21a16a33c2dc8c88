#pragma once

#include <cstddef>
#include <map>

#include "host/base/clock.hpp"
#include "host/message/peer_address.hpp"

namespace backplane::host {

// How often each peer may fail to say who it is: ten times at once, and ten times a second from
// then on. Remembers a bounded number of peers; the one whose failures count for the shortest time
// yet is forgotten first. A plain value: time is a parameter.
//
// For each peer it keeps one moment, the one at which all its failures will be forgiven: a failure
// moves it on by a tenth of a second, from now or from where it stood (the generic cell rate
// algorithm).
class FailureLimiter {
 public:
  static constexpr int kFailuresPerSecond = 10;
  // For how long a peer that is not heard has to wait at most.
  static constexpr std::chrono::seconds kLongestWait{1};

  explicit FailureLimiter(std::size_t most_peers) : most_peers_(most_peers) {}

  // Whether `peer` may try at `now`.
  bool hears(const PeerAddress& peer, TimePoint now) const;
  void note_failure(const PeerAddress& peer, TimePoint now);
  std::size_t peers() const { return forgiven_.size(); }

 private:
  void make_room(TimePoint now);

  std::size_t most_peers_;
  // Ordered: nobody can make its keys collide.
  std::map<PeerAddress::Network, TimePoint> forgiven_;
};

}  // namespace backplane::host
