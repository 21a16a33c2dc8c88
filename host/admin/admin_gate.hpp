#pragma once

#include <utility>

#include "host/admin/admin_caller.hpp"
#include "host/admin/failure_limiter.hpp"
#include "host/admin/gate_counts.hpp"
#include "host/admin/gate_rules.hpp"
#include "host/base/mutex.hpp"
#include "host/base/result.hpp"
#include "host/base/status.hpp"
#include "host/message/http_request.hpp"
#include "host/message/peer_address.hpp"

namespace backplane::host {

// Lets callers in to the admin listener, and counts those it does not. Owned by Host; thread-safe.
class AdminGate {
 public:
  explicit AdminGate(GateRules rules) : rules_(std::move(rules)) {}

  // [io] In this order, before the path or the body is looked at, so that nothing can be found out
  // by trying: Host (kMisdirected: DNS rebinding), Origin and Sec-Fetch-Site (kForbidden: another
  // site's page), how often `peer` has failed (kResourceExhausted "rate_limited"), Authorization
  // (kUnauthenticated).
  Result<AdminCaller> check(const HttpRequest& request, const PeerAddress& peer, TimePoint now,
                            WallTime wall_time) BP_EXCLUDES(mutex_);
  // [io] A call wants more than its caller's role.
  void note_denied() { counts_.authz_denied.fetch_add(1, std::memory_order_relaxed); }

  // [any]
  const GateCounts& counts() const { return counts_; }

 private:
  Status check_site(const HttpRequest& request);
  Status check_rate(const PeerAddress& peer, TimePoint now) BP_EXCLUDES(mutex_);
  void note_failure(AuthFailure failure, const PeerAddress& peer, TimePoint now)
      BP_EXCLUDES(mutex_);
  void count(AuthFailure failure);

  const GateRules rules_;
  GateCounts counts_;
  Mutex mutex_;
  FailureLimiter failures_ BP_GUARDED_BY(mutex_){kMostPeers};

  static constexpr std::size_t kMostPeers = 1024;
};

}  // namespace backplane::host
