#include "host/routing/call_router.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "host/message/error_response.hpp"
#include "host/routing/address.hpp"
#include "host/routing/request_options.hpp"

namespace backplane::host {
namespace {

constexpr std::size_t kKeptTickets = 1024;

Error hop_limit() {
  return Error(ErrorCode::kInternal, "hop_limit",
               "the call would be number " + std::to_string(CallChain::kMaxHops + 1) +
                   " in a chain of calls, of which there may be " +
                   std::to_string(CallChain::kMaxHops));
}

Error unknown_backend(std::string_view tag) {
  return Error(ErrorCode::kNotFound, "unknown_backend",
               "no backend is called '" + std::string(tag) + "'");
}

Error would_deadlock(const Arm& arm) {
  return Error(ErrorCode::kUnavailable, "would_deadlock",
               "the call would wait for itself: backend '" + arm.tag + "' runs " +
                   std::to_string(arm.sink->slots()) +
                   " at once, and each of them waits for this call");
}

Error too_many_turns(std::string_view tag) {
  return Error(ErrorCode::kResourceExhausted, "queue_full",
               "backend '" + std::string(tag) + "' runs inline, and " +
                   std::to_string(CallRouter::kMaxTurns) + " calls of such backends wait already");
}

// Whether both are of one snapshot, be it gone by now.
bool are_one(const std::weak_ptr<const RoutingSnapshot>& a,
             const std::shared_ptr<const RoutingSnapshot>& b) {
  return !a.owner_before(b) && !b.owner_before(a);
}

void refuse(const Error& error, Exchange& exchange) {
  fill_error_response(error, exchange.request.request_id.view(), exchange.response);
  exchange.complete();
}

}  // namespace

CallRouter::CallRouter(const CallRouterSetup& setup)
    : table_(setup.table), shard_(setup.shard), metrics_(setup.metrics), random_(setup.seed) {}

void CallRouter::handle(Exchange& exchange) {
  if (exchange.callers != nullptr && exchange.callers->hops > CallChain::kMaxHops) {
    return refuse(hop_limit(), exchange);
  }
  const Status options = read_request_options(exchange.request);
  if (!options.ok()) return refuse(options.error(), exchange);
  const TimePoint deadline = exchange.request.deadline;
  send(exchange, {.deadline = deadline, .last = false});
}

void CallRouter::send(Exchange& exchange, Try one) {
  const auto snapshot = table_.current();
  const auto arm = choose(snapshot, exchange);
  const Status allowed = arm.ok() ? check(*arm.value(), exchange) : Status(arm.error());
  if (!allowed.ok()) return refuse(allowed.error(), exchange);
  address_to(*arm.value(), exchange);
  exchange.home->on_addressed(exchange);
  const Turn turn{.snapshot = snapshot, .arm = arm.value(), .exchange = &exchange, .one = one};
  if (arm.value()->sink->runs_inline()) return take_turn(turn);
  submit(turn);
}

void CallRouter::submit(const Turn& turn) {
  Exchange& exchange = *turn.exchange;
  RequestList one;
  one.push_back(PendingRequest(exchange));
  const Status sent = turn.arm->sink->submit(one, shard_);
  if (sent.ok()) return;
  static_cast<void>(one.pop_front().release());
  const bool closed = sent.error().code() == ErrorCode::kUnavailable;
  if (turn.one.last || !closed) {
    return refuse(closed ? no_replica(turn.arm->tag) : sent.error(), exchange);
  }
  // Between a publish and the close that follows it the snapshot may be the former one: once more.
  // The next backend's limit counts, not that of the one that closed.
  exchange.request.deadline = turn.one.deadline;
  send(exchange, {.deadline = turn.one.deadline, .last = true});
}

Result<const Arm*> CallRouter::choose(const std::shared_ptr<const RoutingSnapshot>& snapshot,
                                      Exchange& exchange) {
  const std::string_view target = exchange.request.authority;
  if (target.starts_with(kBackendPrefix)) {
    const std::string_view tag = target.substr(kBackendPrefix.size());
    const Arm* const backend = snapshot->find_backend(tag);
    if (backend == nullptr) return unknown_backend(tag);
    const MutexLock lock(mutex_);
    give_ticket(snapshot, nullptr, exchange);
    return backend;
  }
  const auto& endpoints = snapshot->endpoints();
  const auto found =
      std::find_if(endpoints.begin(), endpoints.end(),
                   [target](const auto& endpoint) { return endpoint->name == target; });
  if (found == endpoints.end()) return unknown_endpoint(target);
  const Endpoint& endpoint = **found;
  const MutexLock lock(mutex_);
  follow(snapshot);
  const auto index = static_cast<std::size_t>(found - endpoints.begin());
  const Arm* const arm = splitters_[index].pick(exchange.request, random_, nothing_gathered_);
  const auto& counted = arm == nullptr ? endpoint.stats : arm->stats;
  give_ticket(snapshot, metrics_ ? counted.get() : nullptr, exchange);
  if (arm == nullptr) return no_traffic(endpoint);
  return arm;
}

void CallRouter::follow(const std::shared_ptr<const RoutingSnapshot>& snapshot) {
  if (are_one(followed_, snapshot)) return;
  // An endpoint that did not change keeps its splitter, and with it its place in the block.
  std::vector<Splitter> splitters;
  std::vector<std::weak_ptr<const Endpoint>> endpoints;
  splitters.reserve(snapshot->endpoints().size());
  endpoints.reserve(snapshot->endpoints().size());
  for (const auto& endpoint : snapshot->endpoints()) {
    const auto kept =
        std::find_if(endpoints_.begin(), endpoints_.end(),
                     [&endpoint](const auto& former) { return former.lock() == endpoint; });
    splitters.push_back(
        kept == endpoints_.end()
            ? Splitter(*endpoint)
            : std::move(splitters_[static_cast<std::size_t>(kept - endpoints_.begin())]));
    endpoints.emplace_back(endpoint);
  }
  splitters_ = std::move(splitters);
  endpoints_ = std::move(endpoints);
  followed_ = snapshot;
}

void CallRouter::give_ticket(const std::shared_ptr<const RoutingSnapshot>& snapshot,
                             RequestStats* stats, Exchange& exchange) {
  // One that is sent again has one.
  auto* ticket = static_cast<Ticket*>(exchange.route);
  if (ticket == nullptr && free_tickets_.empty()) {
    ticket = std::make_unique<Ticket>().release();
  } else if (ticket == nullptr) {
    ticket = free_tickets_.back().release();
    free_tickets_.pop_back();
  }
  ticket->snapshot = snapshot;
  ticket->stats = stats;
  exchange.route = ticket;
}

Status CallRouter::check(const Arm& arm, const Exchange& exchange) {
  if (arm.sink == nullptr) return no_replica(arm.tag);
  if (exchange.callers != nullptr &&
      must_deadlock(*exchange.callers, arm.sink->id(), arm.sink->slots())) {
    return would_deadlock(arm);
  }
  return {};
}

CallRouter::Left CallRouter::leave_turn(Turn turn) {
  const MutexLock lock(turns_mutex_);
  if (turns_.size() >= kMaxTurns) return Left::kRefused;
  turns_.push_back(std::move(turn));
  return std::exchange(running_, true) ? Left::kToOther : Left::kToRun;
}

void CallRouter::take_turn(const Turn& turn) {
  switch (leave_turn(turn)) {
    case Left::kRefused:
      return refuse(too_many_turns(turn.arm->tag), *turn.exchange);
    case Left::kToOther:
      return;
    case Left::kToRun:
      break;
  }
  for (;;) {
    Turn next;
    {
      const MutexLock lock(turns_mutex_);
      if (turns_.empty()) {
        running_ = false;
        return;
      }
      next = std::move(turns_.front());
      turns_.pop_front();
    }
    submit(next);
  }
}

void CallRouter::resume(Exchange& exchange) {
  // Held, for the exchange lets go of it with its last piece.
  const std::shared_ptr<PieceSource> pieces = exchange.pieces;
  pieces->resume(exchange);
}

void CallRouter::finish(Exchange& exchange) {
  std::unique_ptr<Ticket> ticket(static_cast<Ticket*>(std::exchange(exchange.route, nullptr)));
  if (ticket == nullptr) return;
  // Let go outside the lock: it may be the last one.
  const auto snapshot = std::move(ticket->snapshot);
  const TimePoint now = Clock::now();
  Outcome outcome = outcome_of(exchange.response.status, exchange.abandoned());
  if (exchange.abandoned() && now >= exchange.request.deadline) outcome = Outcome::kTimeout;
  if (exchange.response.broken && outcome == Outcome::kOk) outcome = Outcome::kFailed;
  const MutexLock lock(mutex_);
  if (ticket->stats != nullptr) {
    ticket->stats->record(shard_, outcome, now - exchange.request.received_at);
  }
  if (free_tickets_.size() < kKeptTickets) free_tickets_.push_back(std::move(ticket));
}

}  // namespace backplane::host
