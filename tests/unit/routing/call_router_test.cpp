#include "host/routing/call_router.hpp"

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "tests/unit/routing/router_fixture.hpp"

namespace backplane::host {
namespace {

// A CallRouter with the table it reads, and the calls that it is given. One thread.
class CallFixture {
 public:
  ~CallFixture() { finish_all(); }

  void publish(std::vector<std::shared_ptr<const Endpoint>> endpoints,
               std::vector<Arm> backends = {}) {
    table_.publish(
        std::make_shared<const RoutingSnapshot>(std::move(endpoints), false, std::move(backends)));
  }
  // A call of `target`, whose name outlives the fixture.
  TestExchange& call(std::string_view target, const CallChain* callers = nullptr) {
    TestExchange& exchange = exchanges_.emplace_back();
    exchange.request.authority = target;
    exchange.callers = callers;
    exchange.response.plain_errors = true;
    router_.handle(exchange);
    return exchange;
  }
  // As who waits for it does when it is answered.
  void finish_all() {
    for (TestExchange& exchange : exchanges_) {
      if (exchange.done()) router_.finish(exchange);
    }
  }

  CallRouter& router() { return router_; }

 private:
  std::deque<TestExchange> exchanges_;
  RoutingTable table_;
  CallRouter router_{{.table = table_, .shard = 0, .seed = 42, .metrics = true}};
};

// A sink that runs what it is given before submit() returns, as inline execution does.
class InlineSink final : public RequestSink {
 public:
  explicit InlineSink(std::function<void(Exchange&)> run)
      : RequestSink("inline@1"), run_(std::move(run)) {}

  Status submit(RequestList& burst, std::size_t /*thread*/) override {
    if (closed_) return Error(ErrorCode::kUnavailable, "backend is closed");
    CHECK_FALSE(std::exchange(running_, true));
    while (!burst.empty()) {
      PendingRequest request = burst.pop_front();
      run_(request.exchange());
      std::move(request).complete();
    }
    running_ = false;
    return {};
  }
  std::size_t queued() const override { return 0; }
  std::chrono::milliseconds drain_estimate() const override { return {}; }
  std::size_t slots() const override { return 1; }
  bool runs_inline() const override { return true; }
  void close() { closed_ = true; }

 private:
  bool closed_ = false;
  const std::function<void(Exchange&)> run_;
  bool running_ = false;
};

}  // namespace

TEST_SUITE("routing") {
  TEST_CASE("CallRouter: an endpoint is found by its name, and its traffic is split and counted") {
    CallFixture fixture;
    const auto a = std::make_shared<FakeSink>("a@1");
    const auto b = std::make_shared<FakeSink>("b@1");
    const auto endpoint =
        endpoint_on("inside", std::nullopt, {arm_to("a", 0.75, a), arm_to("b", 0.25, b)});
    fixture.publish({endpoint});
    for (int i = 0; i < 32; ++i) fixture.call("inside");
    CHECK(a->held() == 24);
    CHECK(b->held() == 8);
    CHECK(a->exchange(0).executor == a->id());
    a->answer_all();
    b->answer_all();
    fixture.finish_all();
    CHECK(total_of(*endpoint->arms[0].stats, Outcome::kOk) == 24);
    CHECK(total_of(*endpoint->arms[1].stats, Outcome::kOk) == 8);
  }

  TEST_CASE("CallRouter: a backend is found by its tag, with the limits that it has") {
    CallFixture fixture;
    const auto sink = std::make_shared<FakeSink>("b@1");
    Arm backend = arm_to("b", 0, sink);
    backend.request_timeout = std::chrono::milliseconds(5);
    fixture.publish({}, {arm_to("a", 0, nullptr), backend});
    const TestExchange& exchange = fixture.call("backend:b");
    REQUIRE(sink->held() == 1);
    CHECK(exchange.request.deadline == exchange.request.received_at + std::chrono::milliseconds(5));
    CHECK(fixture.call("backend:a").answer() == "503 backend 'a' has no replica that serves");
    sink->answer_all();
  }

  TEST_CASE("CallRouter: names that are none are not found") {
    CallFixture fixture;
    fixture.publish({endpoint_on("idle", std::nullopt, {})});
    CHECK(fixture.call("nobody").answer() == "404 no endpoint is called 'nobody'");
    CHECK(fixture.call("").answer() == "404 no endpoint is called ''");
    CHECK(fixture.call("backend:nobody").answer() == "404 no backend is called 'nobody'");
    CHECK(fixture.call("backend:").answer() == "404 no backend is called ''");
    CHECK(fixture.call("idle").answer() == "503 endpoint 'idle' has no traffic set");
  }

  TEST_CASE("CallRouter: the ninth call of a chain is refused") {
    CallFixture fixture;
    const auto sink = std::make_shared<FakeSink>("a@1");
    fixture.publish({endpoint_on("inside", std::nullopt, {arm_to("a", 1, sink)})});
    CallChain chain;
    for (int i = 0; i < 8; ++i) chain = extended(&chain, 0);
    fixture.call("inside", &chain);
    CHECK(sink->held() == 1);
    const CallChain longer = extended(&chain, 0);
    CHECK(fixture.call("inside", &longer).response.status == 500);
    CHECK(sink->held() == 1);
    sink->answer_all();
  }

  TEST_CASE("CallRouter: a call that must wait for itself is refused") {
    CallFixture fixture;
    const auto sink = std::make_shared<FakeSink>("a@1");
    fixture.publish({endpoint_on("inside", std::nullopt, {arm_to("a", 1, sink)})});
    const CallChain chain = extended(nullptr, sink->id());
    CHECK(fixture.call("inside", &chain).answer() ==
          "503 the call would wait for itself: backend 'a' runs 1 at once, and each of them waits "
          "for this call");
    sink->set_slots(2);
    fixture.call("inside", &chain);
    CHECK(sink->held() == 1);
    sink->answer_all();
  }

  TEST_CASE("CallRouter: a full queue refuses at once, a closed backend after a second look") {
    CallFixture fixture;
    const auto sink = std::make_shared<FakeSink>("a@1");
    fixture.publish({endpoint_on("inside", std::nullopt, {arm_to("a", 1, sink)})});
    sink->set_room(0);
    CHECK(fixture.call("inside").answer() == "429 queue is full");
    CHECK(sink->submits() == 1);
    sink->close();
    CHECK(fixture.call("inside").answer() == "503 backend 'a' has no replica that serves");
    CHECK(sink->submits() == 3);
  }

  TEST_CASE("CallRouter: it keeps no snapshot that no call is out under") {
    CallFixture fixture;
    auto sink = std::make_shared<FakeSink>("a@1");
    const std::weak_ptr<FakeSink> kept = sink;
    fixture.publish({endpoint_on("inside", std::nullopt, {arm_to("a", 1, std::move(sink))})});
    fixture.call("inside");
    fixture.publish({});
    REQUIRE_FALSE(kept.expired());
    kept.lock()->answer_all();
    CHECK_FALSE(kept.expired());
    fixture.finish_all();
    CHECK(kept.expired());
  }

  TEST_CASE("CallRouter: a call made by what runs inline waits for its end, and is not nested") {
    CallFixture fixture;
    std::string order;
    const auto sink = std::make_shared<InlineSink>([&](Exchange& exchange) {
      order += "<";
      if (exchange.request.path == "/" && order.size() == 1) {
        TestExchange& inner = fixture.call("backend:inline");
        CHECK_FALSE(inner.done());
      }
      order += ">";
    });
    fixture.publish({}, {arm_to("inline", 0, sink)});
    CHECK(fixture.call("backend:inline").done());
    CHECK(order == "<><>");
    fixture.finish_all();
  }

  TEST_CASE("CallRouter: so many calls wait for what runs inline, and more are refused") {
    CallFixture fixture;
    TestExchange* refused = nullptr;
    std::size_t ran = 0;
    const auto sink = std::make_shared<InlineSink>([&](Exchange&) {
      if (ran++ > 0) return;
      for (std::size_t i = 0; i < CallRouter::kMaxTurns; ++i) {
        CHECK_FALSE(fixture.call("backend:inline").done());
      }
      refused = &fixture.call("backend:inline");
    });
    fixture.publish({}, {arm_to("inline", 0, sink)});
    fixture.call("backend:inline");
    REQUIRE(refused != nullptr);
    CHECK(refused->answer() ==
          "429 backend 'inline' runs inline, and 4096 calls of such backends wait already");
    CHECK(ran == 1 + CallRouter::kMaxTurns);
    // The next one is served again.
    CHECK(fixture.call("backend:inline").answer() == "200 ");
  }

  TEST_CASE("CallRouter: whose turn comes when its backend has closed is asked of the next one") {
    CallFixture fixture;
    const auto after = std::make_shared<FakeSink>("inline@2");
    std::shared_ptr<InlineSink> before;
    TestExchange* second = nullptr;
    before = std::make_shared<InlineSink>([&](Exchange&) {
      second = &fixture.call("backend:inline");
      fixture.publish({}, {arm_to("inline", 0, after)});
      before->close();
    });
    fixture.publish({}, {arm_to("inline", 0, before)});
    CHECK(fixture.call("backend:inline").done());
    CHECK_FALSE(second->done());
    CHECK(after->answer_all("of the new code") == 1);
    CHECK(second->answer() == "200 of the new code");
    fixture.finish_all();
  }
}

}  // namespace backplane::host
