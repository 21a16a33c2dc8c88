#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "host/message/exchange.hpp"
#include "host/routing/routing_snapshot.hpp"

namespace backplane::host {

// A snapshot that requests of one Router are still out under. What a request was routed by stays
// alive until it is back, counted without atomics because one io thread does all of it.
struct SnapshotHold {
  std::shared_ptr<const RoutingSnapshot> snapshot;
  std::uint64_t version = 0;
  std::size_t in_flight = 0;
};

// What a Router remembers about a request that is out.
struct Ticket final : RouteState {
  SnapshotHold* hold = nullptr;
  const Endpoint* endpoint = nullptr;
  const Arm* arm = nullptr;  // null: answered before an arm was chosen
  // What the request asked for, before the arm's own limit.
  TimePoint deadline = kNever;
  bool rerouted = false;
  bool named = false;  // the answer says which backend it is of
};

// Tickets for reuse, so that none is allocated for a request. Owned by one Router; its io thread.
class TicketPool {
 public:
  Ticket& take();
  void give_back(Ticket& ticket);

 private:
  std::vector<std::unique_ptr<Ticket>> all_;
  std::vector<Ticket*> free_;
};

}  // namespace backplane::host
