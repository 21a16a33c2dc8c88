#include "host/routing/router.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "host/message/error_response.hpp"
#include "host/routing/address.hpp"
#include "host/routing/request_options.hpp"

namespace backplane::host {
namespace {

constexpr std::size_t kMaxEchoedPath = 200;

// The host's own: everything under "/-/".
bool is_own(std::string_view path) {
  return path.size() >= 3 && path[1] == '-' && path[0] == '/' && path[2] == '/';
}

// Seconds until the queue has room again, 1 to 30, spread by a fifth so that clients who were
// refused together do not come back together (faults.md 4.3).
std::uint64_t retry_after_seconds(std::chrono::milliseconds drain, Random& random) {
  const double seconds =
      std::chrono::duration<double>(drain).count() * (0.8 + 0.4 * random.uniform());
  return static_cast<std::uint64_t>(std::clamp(std::ceil(seconds), 1.0, 30.0));
}

}  // namespace

Router::Router(const RouterSetup& setup)
    : table_(setup.table),
      stats_(setup.stats),
      shard_(setup.shard),
      name_backend_(setup.name_backend),
      random_(setup.seed),
      shadows_(std::make_shared<ShadowPool>(setup.shadow_budget)) {
  refresh();
}

void Router::handle(Exchange& exchange) {
  refresh();
  exchange.route = nullptr;
  if (is_own(exchange.request.route_path) && answer_built_in(exchange)) return;
  const auto index = find_endpoint(exchange);
  if (!index) return exchange.complete();
  dispatch(*index, exchange);
}

void Router::handle_endpoint(std::string_view name, Exchange& exchange) {
  send_by_name(name, exchange, false);
}

void Router::send_by_name(std::string_view name, Exchange& exchange, bool rerouted) {
  refresh();
  exchange.route = nullptr;
  const auto& endpoints = holds_.back()->snapshot->endpoints();
  const auto found = std::find_if(endpoints.begin(), endpoints.end(),
                                  [name](const auto& endpoint) { return endpoint->name == name; });
  if (found == endpoints.end()) {
    return refuse(unknown_endpoint(name), exchange);
  }
  dispatch(static_cast<std::size_t>(found - endpoints.begin()), exchange, rerouted);
}

EarlyVerdict Router::refuse_early(Exchange& exchange) {
  refresh();
  if (is_own(exchange.request.route_path)) return EarlyVerdict::kReadBody;
  const auto index = find_endpoint(exchange);
  if (!index) {
    count_early(exchange, nullptr);
    return EarlyVerdict::kRefused;
  }
  // The order of checks is that of dispatch(): whether a body follows must not change the answer.
  const Endpoint& endpoint = endpoint_at(*index);
  Status refusal = read_request_options(exchange.request);
  if (refusal.ok() && endpoint.arms.empty()) refusal = no_traffic(endpoint);
  if (refusal.ok()) return EarlyVerdict::kReadBody;
  fill_error_response(refusal.error(), exchange.request.request_id.view(), exchange.response);
  count_early(exchange, &endpoint);
  return EarlyVerdict::kRefused;
}

// finish() is not called for it.
void Router::count_early(const Exchange& exchange, const Endpoint* endpoint) {
  if (stats_ == nullptr) return;
  RequestStats& stats = endpoint == nullptr ? stats_->unrouted() : *endpoint->stats;
  stats.record(shard_, outcome_of(exchange.response.status, false),
               Clock::now() - exchange.request.received_at);
}

std::optional<std::size_t> Router::find_endpoint(Exchange& exchange) {
  const HttpRequest& request = exchange.request;
  const RoutingSnapshot& snapshot = *holds_.back()->snapshot;
  // A route such as "/*" covers these paths too, and they are the host's own.
  const auto index =
      is_own(request.route_path) ? std::nullopt : snapshot.routes().find(request.route_path);
  if (!index) {
    fill_error_response(Error(ErrorCode::kNotFound, "no_route",
                              "no endpoint has a route for '" +
                                  std::string(request.path.substr(0, kMaxEchoedPath)) +
                                  "'; GET /-/routes lists them"),
                        request.request_id.view(), exchange.response);
    return std::nullopt;
  }
  const Endpoint& endpoint = endpoint_at(*index);
  if (!endpoint.method_set.allows(request.method)) {
    const std::string allow = endpoint.method_set.allow_header();
    exchange.response.headers.add("Allow", allow);
    fill_error_response(Error(ErrorCode::kMethodNotAllowed,
                              "endpoint '" + endpoint.name + "' does not answer " +
                                  std::string(request.method) + "; allowed: " + allow),
                        request.request_id.view(), exchange.response);
    return std::nullopt;
  }
  return index;
}

void Router::dispatch(std::size_t index, Exchange& exchange, bool rerouted) {
  SnapshotHold& hold = *holds_.back();
  const Endpoint& endpoint = *hold.snapshot->endpoints()[index];
  Ticket& ticket = tickets_.take();
  ticket.hold = &hold;
  ticket.endpoint = &endpoint;
  ticket.rerouted = rerouted;
  exchange.route = &ticket;
  ++hold.in_flight;

  Status options = read_request_options(exchange.request);
  if (!options.ok()) return refuse(options.error(), exchange);
  const Arm* arm = splitters_[index].pick(exchange.request, random_, gathered_);
  if (arm == nullptr) return refuse(no_traffic(endpoint), exchange);
  ticket.arm = arm;
  ticket.deadline = exchange.request.deadline;
  // Its first try has been mirrored already.
  if (!rerouted && !endpoint.shadows.empty()) mirror(endpoint, exchange);
  send_to(*arm, exchange);
}

void Router::send_to(const Arm& arm, Exchange& exchange) {
  if (arm.sink == nullptr) {
    return refuse(no_replica(arm.tag), exchange);
  }
  address_to(arm, exchange);
  gathered_.add(*arm.sink, exchange);
}

void Router::mirror(const Endpoint& endpoint, const Exchange& exchange) {
  for (const Shadow& shadow : endpoint.shadows) {
    if (shadow.sink == nullptr || random_.uniform() >= shadow.proportion) continue;
    Exchange* copy = shadows_->copy(exchange.request);
    if (copy == nullptr) {
      if (stats_ != nullptr) stats_->drop_shadow(shard_);
      continue;
    }
    // Read again, so that the views are into the copy's own bytes; the original has passed.
    if (!read_request_options(copy->request).ok()) {
      shadows_->push(*copy);
      continue;
    }
    address_to(shadow, *copy);
    HttpRequest& mirrored = copy->request;
    mirrored.deadline = std::min(mirrored.deadline, mirrored.received_at + ShadowPool::kLongest);
    gathered_.add(*shadow.sink, *copy);
  }
}

void Router::flush() {
  came_back_ = {};
  while (!gathered_.empty()) {
    // Taken out first: what is sent again is gathered anew, perhaps for the same sink.
    Gathering::Burst burst = gathered_.take();
    const Status status = burst.sink->submit(burst.requests, shard_);
    if (!status.ok()) answer_refused(status, *burst.sink, std::move(burst.requests));
  }
  refresh();
  sweep();
}

void Router::answer_refused(const Status& refusal, const RequestSink& sink, RequestList refused) {
  const bool closed = refusal.error().code() == ErrorCode::kUnavailable;
  while (!refused.empty()) {
    PendingRequest request = refused.pop_front();
    Exchange& exchange = request.exchange();
    auto* ticket = static_cast<Ticket*>(exchange.route);
    if (ticket != nullptr && closed && !ticket->rerouted) {
      // Between a publish and the close that follows it this thread may hold the old snapshot.
      reroute(std::move(request).release());
      continue;
    }
    if (ticket != nullptr) {
      exchange.response.headers.add(
          "Retry-After", std::to_string(retry_after_seconds(sink.drain_estimate(), random_)));
    }
    std::move(request).fail(closed ? Error(ErrorCode::kUnavailable, "no_replica",
                                           "backend " + sink.label() + " is closed")
                                   : refusal.error());
  }
}

void Router::reroute(Exchange& exchange) {
  auto& ticket = static_cast<Ticket&>(*exchange.route);
  const std::string name = ticket.endpoint->name;
  // The next backend's limit counts, not that of the one that closed.
  exchange.request.deadline = ticket.deadline;
  --ticket.hold->in_flight;
  tickets_.give_back(ticket);
  send_by_name(name, exchange, true);
}

void Router::resume(Exchange& exchange) {
  // Held, for the exchange lets go of it with its last piece.
  const std::shared_ptr<PieceSource> pieces = exchange.pieces;
  pieces->resume(exchange);
}

bool Router::is_recalled(const Exchange& exchange) const {
  const auto* ticket = static_cast<const Ticket*>(exchange.route);
  if (ticket == nullptr || ticket->arm == nullptr || ticket->arm->sink == nullptr) return false;
  return ticket->arm->sink->is_recalled();
}

void Router::finish(Exchange& exchange) {
  auto* ticket = static_cast<Ticket*>(exchange.route);
  if (ticket != nullptr) name_backend(exchange, *ticket);
  // What a request took is known with its last piece.
  if (exchange.response.more) return;
  if (stats_ != nullptr) count(exchange, ticket);
  if (ticket == nullptr) return;
  exchange.route = nullptr;
  --ticket->hold->in_flight;
  tickets_.give_back(*ticket);
}

void Router::name_backend(Exchange& exchange, Ticket& ticket) const {
  const Arm* arm = ticket.arm;
  if (!name_backend_ || ticket.named || arm == nullptr || arm->sink == nullptr) return;
  ticket.named = true;
  exchange.response.headers.append(arm->sink->name_field());
}

// In one place only: what an endpoint got is the sum over its arms and what reached none.
void Router::count(const Exchange& exchange, const Ticket* ticket) {
  if (came_back_ == TimePoint{}) came_back_ = Clock::now();
  const bool late = exchange.abandoned() && came_back_ >= exchange.request.deadline;
  Outcome outcome =
      late ? Outcome::kTimeout : outcome_of(exchange.response.status, exchange.abandoned());
  if (exchange.response.broken && outcome == Outcome::kOk) outcome = Outcome::kFailed;
  RequestStats* stats = &stats_->unrouted();
  if (ticket != nullptr) {
    stats = ticket->arm != nullptr ? ticket->arm->stats.get() : ticket->endpoint->stats.get();
  }
  stats->record(shard_, outcome, came_back_ - exchange.request.received_at);
}

void Router::refresh() {
  const std::uint64_t version = table_.version();
  if (!holds_.empty() && holds_.back()->version == version) return;
  auto hold = std::make_unique<SnapshotHold>();
  hold->snapshot = table_.current();
  hold->version = version;
  // An endpoint that did not change keeps its splitter, and with it its place in the block.
  std::vector<Splitter> splitters;
  for (const auto& endpoint : hold->snapshot->endpoints()) {
    const auto kept = std::find_if(
        splitters_.begin(), splitters_.end(),
        [&endpoint](const Splitter& splitter) { return &splitter.endpoint() == endpoint.get(); });
    splitters.push_back(kept == splitters_.end() ? Splitter(*endpoint) : std::move(*kept));
  }
  splitters_ = std::move(splitters);
  holds_.push_back(std::move(hold));
}

void Router::sweep() {
  if (holds_.size() == 1) return;
  const SnapshotHold* const current = holds_.back().get();
  std::erase_if(holds_, [current](const auto& hold) {
    return hold.get() != current && hold->in_flight == 0;
  });
}

void Router::refuse(const Error& error, Exchange& exchange) {
  fill_error_response(error, exchange.request.request_id.view(), exchange.response);
  exchange.complete();
}

bool Router::answer_built_in(Exchange& exchange) {
  const HttpRequest& request = exchange.request;
  const bool is_routes = request.route_path == "/-/routes";
  if (!is_routes && request.route_path != "/-/healthz") return false;
  if (request.method != "GET" && request.method != "HEAD") {
    exchange.response.headers.add("Allow", "GET, HEAD");
    refuse(Error(ErrorCode::kMethodNotAllowed,
                 "'" + std::string(request.route_path) + "' answers GET and HEAD"),
           exchange);
    return true;
  }
  // Who balances traffic asks the port that serves it.
  if (!is_routes && holds_.back()->snapshot->draining()) {
    refuse(Error(ErrorCode::kUnavailable, "shutting_down", "the host is shutting down"), exchange);
    return true;
  }
  exchange.response.status = 200;
  exchange.response.headers.add("Content-Type", "application/json");
  exchange.response.body =
      is_routes ? holds_.back()->snapshot->routes_json() : R"({"status":"ok"})";
  exchange.complete();
  return true;
}

}  // namespace backplane::host
