#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "host/routing/router.hpp"
#include "tests/support/fake_sink.hpp"
#include "tests/support/test_exchange.hpp"

namespace backplane::host {

// An arm of `weight` that sends to `sink`; null: a backend that does not serve.
inline Arm arm_to(std::string tag, double weight, std::shared_ptr<RequestSink> sink) {
  Arm arm;
  arm.tag = std::move(tag);
  arm.weight = weight;
  arm.sink = std::move(sink);
  arm.stats = std::make_shared<RequestStats>(1);
  return arm;
}

inline Shadow shadow_to(std::string tag, double proportion, std::shared_ptr<RequestSink> sink) {
  Shadow shadow;
  shadow.tag = std::move(tag);
  shadow.proportion = proportion;
  shadow.sink = std::move(sink);
  return shadow;
}

inline std::shared_ptr<Endpoint> endpoint_on(std::string name, std::optional<std::string> route,
                                             std::vector<Arm> arms) {
  auto endpoint = std::make_shared<Endpoint>();
  endpoint->name = std::move(name);
  endpoint->route = std::move(route);
  endpoint->methods = {"GET"};
  endpoint->method_set.add("GET");
  endpoint->arms = std::move(arms);
  endpoint->stats = std::make_shared<RequestStats>(1);
  return endpoint;
}

// A Router with the table it reads, and the connections of its io thread. One thread.
class RouterFixture {
 public:
  explicit RouterFixture(RouterSetup setup_of_router)
      : router_(std::make_unique<Router>(setup_of_router)) {}
  RouterFixture() : RouterFixture(setup()) {}

  // Seeded, so that every run draws the same.
  RouterSetup setup() { return {.table = table_, .stats = &stats_, .shard = 0, .seed = 42}; }

  void publish(std::vector<std::shared_ptr<const Endpoint>> endpoints, bool draining = false) {
    table_.publish(std::make_shared<const RoutingSnapshot>(std::move(endpoints), draining));
  }

  // A request as the scanner leaves it; the fixture keeps it until the test ends.
  TestExchange& request(std::string_view path, std::string_view method = "GET",
                        std::vector<HeaderField> headers = {}) {
    TestExchange& exchange = exchanges_.emplace_back(path);
    exchange.request.method = method;
    exchange.request.headers = std::move(headers);
    return exchange;
  }

  // Hands a request to the router, in a turn of its own.
  TestExchange& send(std::string_view path, std::string_view method = "GET",
                     std::vector<HeaderField> headers = {}) {
    TestExchange& exchange = request(path, method, std::move(headers));
    router_->handle(exchange);
    router_->flush();
    return exchange;
  }

  // What a session does with all that came back: finish and write.
  void finish_all() {
    for (TestExchange& exchange : exchanges_) {
      if (exchange.done()) router_->finish(exchange);
    }
  }

  Router& router() { return *router_; }
  const RouterStats& stats() const { return stats_; }
  void drop_router() { router_.reset(); }

 private:
  // First: sinks, and what is gathered in the router, answer their requests when they go.
  std::deque<TestExchange> exchanges_;
  RoutingTable table_;
  RouterStats stats_{1};
  std::unique_ptr<Router> router_;
};

// All that an endpoint got: with its arms, or without.
inline RequestSummary whole_of(const Endpoint& endpoint) {
  RequestSummary sum = endpoint.stats->read();
  for (const Arm& arm : endpoint.arms) sum += arm.stats->read();
  return sum;
}

inline std::uint64_t total_of(const RequestStats& stats, Outcome outcome) {
  return stats.read().outcomes[static_cast<std::size_t>(outcome)];
}

}  // namespace backplane::host
