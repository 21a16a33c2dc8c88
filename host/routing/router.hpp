#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "host/base/random.hpp"
#include "host/batching/request_sink.hpp"
#include "host/message/http_handler.hpp"
#include "host/routing/gathering.hpp"
#include "host/routing/router_stats.hpp"
#include "host/routing/routing_table.hpp"
#include "host/routing/shadow_pool.hpp"
#include "host/routing/splitter.hpp"
#include "host/routing/ticket.hpp"

namespace backplane::host {

// What one Router is given when it is made.
struct RouterSetup {
  const RoutingTable& table;  // outlives the router
  // Outlives the router. Null: requests are not counted, neither here nor by endpoint.
  RouterStats* stats = nullptr;
  std::size_t shard = 0;  // this thread's number in every RequestStats
  std::uint64_t seed = 0;
  bool name_backend = true;  // add Backplane-Backend to answers
  std::size_t shadow_budget = 256;
};

// Sends each request of one io thread to the backend that its path, its method and the draw name,
// and answers itself what has no backend. Requests of one turn are gathered and submitted
// together. Owned by its io thread's server; that thread only.
class Router final : public HttpHandler {
 public:
  explicit Router(const RouterSetup& setup);

  void handle(Exchange& exchange) override;
  void flush() override;
  void resume(Exchange& exchange) override;
  bool is_recalled(const Exchange& exchange) const override;
  void finish(Exchange& exchange) override;
  EarlyVerdict refuse_early(Exchange& exchange) override;

  // [io] As handle(), but by the endpoint's name: how code inside the host reaches an endpoint,
  // with a route or without one.
  void handle_endpoint(std::string_view name, Exchange& exchange);

 private:
  void refresh();
  // Lets go of former snapshots that no request is out under. Only between bursts: what is
  // gathered may still name their backends.
  void sweep();
  // The endpoint for the request's path and method; none when `exchange` holds the refusal now.
  std::optional<std::size_t> find_endpoint(Exchange& exchange);
  const Endpoint& endpoint_at(std::size_t index) const {
    return *holds_.back()->snapshot->endpoints()[index];
  }
  // `rerouted`: its second try, which is its last and draws no shadows.
  void dispatch(std::size_t index, Exchange& exchange, bool rerouted = false);
  void send_by_name(std::string_view name, Exchange& exchange, bool rerouted);
  void send_to(const Arm& arm, Exchange& exchange);
  void mirror(const Endpoint& endpoint, const Exchange& exchange);
  void reroute(Exchange& exchange);
  void answer_refused(const Status& refusal, const RequestSink& sink, RequestList refused);
  void name_backend(Exchange& exchange, Ticket& ticket) const;
  void count(const Exchange& exchange, const Ticket* ticket);
  // A refusal of refuse_early(); `endpoint` null: there is none.
  void count_early(const Exchange& exchange, const Endpoint* endpoint);
  static void refuse(const Error& error, Exchange& exchange);
  bool answer_built_in(Exchange& exchange);

  const RoutingTable& table_;
  RouterStats* const stats_;
  const std::size_t shard_;
  const bool name_backend_;
  Random random_;
  std::vector<std::unique_ptr<SnapshotHold>> holds_;  // the current one is last
  std::vector<Splitter> splitters_;                   // one for each endpoint of the current one
  Gathering gathered_;
  TicketPool tickets_;
  std::shared_ptr<ShadowPool> shadows_;
  // When the answers that came back since the last flush() did; not read yet when zero. They came
  // together, so that one look at the clock is right for all of them.
  TimePoint came_back_{};
};

}  // namespace backplane::host
