#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string_view>
#include <vector>

#include "host/base/mutex.hpp"
#include "host/base/random.hpp"
#include "host/base/result.hpp"
#include "host/base/status.hpp"
#include "host/message/http_handler.hpp"
#include "host/routing/gathering.hpp"
#include "host/routing/routing_table.hpp"
#include "host/routing/splitter.hpp"

namespace backplane::host {

// What a CallRouter is given when it is made.
struct CallRouterSetup {
  const RoutingTable& table;  // outlives the router
  std::size_t shard = 0;      // its number in every RequestStats and RequestSink::submit()
  std::uint64_t seed = 0;
  bool metrics = true;  // count requests by endpoint
};

// Sends on what handlers ask of other handlers, whichever threads those are on. The target stands
// in request.authority: the name of an endpoint, whose traffic is split as that of clients, or
// "backend:" and the tag of a backend. Owned by Host. Unlike other HttpHandlers thread-safe, and
// nothing is held back: what is answered on the spot is complete when handle() returns. Shadows get
// no copies of calls.
class CallRouter final : public HttpHandler {
 public:
  static constexpr std::string_view kBackendPrefix = "backend:";
  // So many calls wait for backends that run inline; more are refused, kResourceExhausted
  // "queue_full".
  static constexpr std::size_t kMaxTurns = 4096;

  explicit CallRouter(const CallRouterSetup& setup);

  // [any] Answers itself what may not be sent: kNotFound "unknown_endpoint" or "unknown_backend",
  // kInternal "hop_limit", kUnavailable "would_deadlock", and all that clients are refused for.
  void handle(Exchange& exchange) override;
  // [any]
  void resume(Exchange& exchange) override;
  // [any] Once, with the last piece.
  void finish(Exchange& exchange) override;
  void flush() override {}
  EarlyVerdict refuse_early(Exchange& /*exchange*/) override { return EarlyVerdict::kReadBody; }

 private:
  // What it remembers of a call that is out.
  struct Ticket final : RouteState {
    std::shared_ptr<const RoutingSnapshot> snapshot;  // keeps what the rest points to
    RequestStats* stats = nullptr;                    // null: not counted
  };
  // Which one it is of the two tries that a question has.
  struct Try {
    TimePoint deadline{};  // as it came
    bool last = false;
  };
  struct Turn {
    std::shared_ptr<const RoutingSnapshot> snapshot;  // keeps the arm
    const Arm* arm = nullptr;
    Exchange* exchange = nullptr;
    Try one{};
  };

  // The arm for `exchange` in `snapshot`, and its ticket.
  Result<const Arm*> choose(const std::shared_ptr<const RoutingSnapshot>& snapshot,
                            Exchange& exchange);
  void follow(const std::shared_ptr<const RoutingSnapshot>& snapshot) BP_REQUIRES(mutex_);
  void give_ticket(const std::shared_ptr<const RoutingSnapshot>& snapshot, RequestStats* stats,
                   Exchange& exchange) BP_REQUIRES(mutex_);
  static Status check(const Arm& arm, const Exchange& exchange);
  void send(Exchange& exchange, Try one);
  // Who runs a turn that was left: whoever left it, or somebody else; refused: too many wait.
  enum class Left : std::uint8_t { kRefused, kToOther, kToRun };

  // For a backend that runs inline.
  void take_turn(const Turn& turn);
  Left leave_turn(Turn turn);
  void submit(const Turn& turn);

  const RoutingTable& table_;
  const std::size_t shard_;
  const bool metrics_;
  const Gathering nothing_gathered_;
  Mutex mutex_;
  Random random_ BP_GUARDED_BY(mutex_);
  // What the splitters are of. Weak, for a router that nobody uses must keep no backend.
  std::weak_ptr<const RoutingSnapshot> followed_ BP_GUARDED_BY(mutex_);
  std::vector<std::weak_ptr<const Endpoint>> endpoints_ BP_GUARDED_BY(mutex_);
  std::vector<Splitter> splitters_ BP_GUARDED_BY(mutex_);  // as endpoints_
  std::vector<std::unique_ptr<Ticket>> free_tickets_ BP_GUARDED_BY(mutex_);
  // All that runs inline has one replica for calls, so one thread at a time runs them; others leave
  // theirs to it.
  Mutex turns_mutex_;
  std::deque<Turn> turns_ BP_GUARDED_BY(turns_mutex_);
  bool running_ BP_GUARDED_BY(turns_mutex_) = false;
};

}  // namespace backplane::host
