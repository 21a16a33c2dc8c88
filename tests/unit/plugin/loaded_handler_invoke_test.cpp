#include <array>
#include <atomic>
#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "host/message/error_response.hpp"
#include "host/plugin/handler_calls.hpp"
#include "tests/support/test_exchange.hpp"
#include "tests/unit/plugin/fake_handler.hpp"

namespace backplane::host {
namespace {

// Keeps what it is given until the test answers it. One thread.
class KeepingRouter final : public HttpHandler {
 public:
  void handle(Exchange& exchange) override { kept.push_back(&exchange); }
  void finish(Exchange& /*exchange*/) override { ++finished; }
  void flush() override {}
  EarlyVerdict refuse_early(Exchange& /*exchange*/) override { return EarlyVerdict::kReadBody; }

  // As when the call goes to who may take until `deadline`.
  void address(std::size_t index, TimePoint deadline) const {
    kept[index]->request.deadline = deadline;
    kept[index]->home->on_addressed(*kept[index]);
  }
  void answer(std::size_t index, std::string_view body) const {
    kept[index]->response.body = body;
    kept[index]->complete();
  }

  std::vector<Exchange*> kept;
  int finished = 0;
};

// What a handler is told of its calls.
struct Told {
  static void done(void* user, bp_status status, std::uint32_t http_status, bp_str body) {
    auto& told = *static_cast<Told*>(user);
    told.all.push_back(std::to_string(status) + " " + std::to_string(http_status) + " " +
                       std::string(view_of(body)));
    if (told.then) told.then();
  }

  std::vector<std::string> all;
  std::function<void()> then;  // on the thread of each
};

class NoSink final : public AnswerSink {
 public:
  void count(Exchange& /*exchange*/) noexcept override {}
  void leave() noexcept override {}
};

// An async handler that keeps its calls, and what its calls of others go to.
struct Asking {
  Asking() {
    fake.let_call(&calls);
    fake.script.execute = [this](const bp_host& services, bp_call* const* all, std::uint32_t n) {
      host = &services;
      kept.insert(kept.end(), all, all + n);
      return BP_OK;
    };
  }

  void start(TestExchange& exchange) {
    const std::array<Exchange*, 1> one{&exchange};
    instance->start(one, sink);
  }
  bp_status ask(std::size_t index, std::string_view target, const bp_request& asked) {
    const auto* invoke =
        static_cast<const bp_invoke*>(host->get_extension(host->ctx, BP_INVOKE_EXTENSION));
    REQUIRE(BP_HAS(invoke, bp_invoke, invoke));
    return invoke->invoke(host->ctx, kept[index], to_bp_str(target), &asked, Told::done, &told);
  }
  bp_status ask(std::size_t index = 0) {
    bp_request asked{};
    asked.struct_size = sizeof asked;
    return ask(index, "other", asked);
  }
  void complete(std::size_t index) const { host->call_complete(kept[index], BP_OK, {}); }

  KeepingRouter router;
  HandlerCalls calls{router};
  FakeHandler fake{BP_HF_ASYNC};
  NoSink sink;
  const bp_host* host = nullptr;
  std::vector<bp_call*> kept;
  Told told;
  std::unique_ptr<HandlerInstance> instance = fake.instance(1000).value();
};

}  // namespace

TEST_SUITE("plugin") {
  TEST_CASE("invoke: what is asked is copied, and inherits what the request has") {
    Asking asking;
    TestExchange parent;
    parent.request.headers = {{"traceparent", "trace"}, {"X-Own", "1"}};
    parent.request.deadline = Clock::now() + std::chrono::seconds(9);
    parent.executor = 77;
    asking.start(parent);
    {
      std::string body = "the body";
      const bp_kv field{to_bp_str("X-Mine"), to_bp_str("2")};
      bp_request asked{};
      asked.struct_size = sizeof asked;
      asked.body = to_bp_str(body);
      asked.content_type = to_bp_str("text/plain");
      asked.headers = &field;
      asked.header_count = 1;
      REQUIRE(asking.ask(0, "other", asked) == BP_OK);
      body.assign(body.size(), 'x');
    }
    REQUIRE(asking.router.kept.size() == 1);
    const Exchange& child = *asking.router.kept[0];
    CHECK(child.request.authority == "other");
    CHECK(child.request.method == "POST");
    CHECK(child.request.path == "/");
    CHECK(child.request.body == "the body");
    CHECK(child.request.content_type == "text/plain");
    CHECK(*child.request.find_header("x-mine") == "2");
    CHECK(*child.request.find_header("Content-Type") == "text/plain");
    CHECK(*child.request.find_header("traceparent") == "trace");
    CHECK(child.request.find_header("X-Own") == nullptr);
    CHECK(child.request.request_id == "test-1");
    CHECK(child.request.deadline == parent.request.deadline);
    REQUIRE(child.callers != nullptr);
    CHECK(child.callers->hops == 1);
    CHECK(child.callers->callers[0] == 77);
    asking.router.answer(0, "answer");
    CHECK(asking.told.all == std::vector<std::string>{"0 200 answer"});
    CHECK(asking.router.finished == 1);
    asking.complete(0);
  }

  TEST_CASE("invoke: a deadline and a trace of its own count, unless the deadline is later") {
    Asking asking;
    TestExchange parent;
    parent.request.headers = {{"traceparent", "trace"}};
    parent.request.deadline = Clock::now() + std::chrono::seconds(9);
    asking.start(parent);
    const bp_kv field{to_bp_str("Traceparent"), to_bp_str("own")};
    bp_request asked{};
    asked.struct_size = sizeof asked;
    asked.headers = &field;
    asked.header_count = 1;
    asked.deadline_ns = 5;
    REQUIRE(asking.ask(0, "other", asked) == BP_OK);
    asked.deadline_ns = ~std::uint64_t{0};
    REQUIRE(asking.ask(0, "other", asked) == BP_OK);
    const Exchange& early = *asking.router.kept[0];
    CHECK(early.request.deadline == TimePoint(std::chrono::nanoseconds(5)));
    CHECK(early.request.headers.size() == 1);
    CHECK(*early.request.find_header("traceparent") == "own");
    CHECK(asking.router.kept[1]->request.deadline == parent.request.deadline);
    asking.router.answer(0, "");
    asking.router.answer(1, "");
    asking.complete(0);
  }

  TEST_CASE("invoke: a refusal is told by its number, its HTTP status and its words") {
    Asking asking;
    TestExchange parent;
    asking.start(parent);
    for (const ErrorCode code :
         {ErrorCode::kNotFound, ErrorCode::kResourceExhausted, ErrorCode::kUnavailable,
          ErrorCode::kDeadlineExceeded, ErrorCode::kInvalidArgument, ErrorCode::kInternal}) {
      REQUIRE(asking.ask() == BP_OK);
      Exchange& child = *asking.router.kept.back();
      fill_error_response(Error(code, "why"), "id", child.response);
      child.complete();
    }
    CHECK(asking.told.all == std::vector<std::string>{"2 404 why", "8 429 why", "3 503 why",
                                                      "4 504 why", "1 422 why", "6 500 why"});
    asking.complete(0);
  }

  TEST_CASE(
      "invoke: an answer that a plugin lent is told like another, and not on a replica's thread") {
    Asking asking;
    TestExchange exchange;
    asking.start(exchange);
    REQUIRE(asking.ask() == BP_OK);
    std::uint32_t on_replica = 7;
    asking.told.then = [&] {
      const auto* check = static_cast<const bp_thread_check*>(
          asking.host->get_extension(asking.host->ctx, BP_THREAD_CHECK_EXTENSION));
      on_replica = check->is_replica_thread(asking.host->ctx, nullptr);
    };
    Exchange& asked = *asking.router.kept[0];
    asked.response.adopted = AdoptedBytes("lent", nullptr, nullptr, nullptr);
    asked.complete();
    CHECK(asking.told.all == std::vector<std::string>{"0 200 lent"});
    CHECK(on_replica == 0);
    asking.complete(0);
  }

  TEST_CASE("invoke: who leaves ends what was asked, once, and who serves it can tell") {
    Asking asking;
    TestExchange parent;
    asking.start(parent);
    REQUIRE(asking.ask() == BP_OK);
    REQUIRE(asking.ask() == BP_OK);
    asking.router.answer(0, "in time");
    parent.abandon();
    CHECK(asking.told.all ==
          std::vector<std::string>{"0 200 in time",
                                   "5 499 nobody waits any more for what the call was made for"});
    CHECK(asking.router.kept[1]->abandoned());
    asking.router.answer(1, "too late");
    CHECK(asking.told.all.size() == 2);
    // Whatever is asked from here on is over before it begins.
    REQUIRE(asking.ask() == BP_OK);
    CHECK(asking.told.all.size() == 3);
    CHECK(asking.router.kept.size() == 2);
    asking.complete(0);
  }

  TEST_CASE("invoke: the end of the deadline is told as such") {
    Asking asking;
    TestExchange parent;
    parent.request.deadline = Clock::now();
    asking.start(parent);
    REQUIRE(asking.ask() == BP_OK);
    parent.abandon();
    CHECK(asking.told.all == std::vector<std::string>{"4 504 the deadline of the call passed"});
    asking.router.answer(0, "");
    asking.complete(0);
  }

  TEST_CASE("invoke: the deadline of who is asked ends a call, and who serves it can tell") {
    for (const bool parent_answered : {false, true}) {
      CAPTURE(parent_answered);
      Asking asking;
      TestExchange parent;
      asking.start(parent);
      REQUIRE(asking.ask() == BP_OK);
      if (parent_answered) asking.complete(0);
      std::promise<void> abandoned;
      Exchange& served = *asking.router.kept[0];
      REQUIRE(served.abandonment().listen(
          [](void* promise) { static_cast<std::promise<void>*>(promise)->set_value(); },
          &abandoned));
      // Sent twice, as when the first backend has closed meanwhile: the second limit counts.
      asking.router.address(0, Clock::now() + std::chrono::hours(1));
      asking.router.address(0, Clock::now());
      abandoned.get_future().wait();
      served.abandonment().forget();
      CHECK(asking.told.all == std::vector<std::string>{"4 504 the deadline of the call passed"});
      asking.router.answer(0, "late");
      CHECK(asking.told.all.size() == 1);
      if (!parent_answered) asking.complete(0);
    }
  }

  TEST_CASE("invoke: of many calls only those whose deadline has passed are ended") {
    // Outlives what is told, and the thread that tells.
    std::promise<void> told;
    Asking asking;
    TestExchange parent;
    asking.start(parent);
    for (int i = 0; i < 20; ++i) REQUIRE(asking.ask() == BP_OK);
    asking.told.then = [&] {
      if (asking.told.all.size() == 10) told.set_value();
    };
    for (std::size_t i = 0; i < 20; ++i) {
      asking.router.address(i, Clock::now() + std::chrono::hours(i % 2));
    }
    told.get_future().wait();
    for (std::size_t i = 0; i < 20; ++i) asking.router.answer(i, std::to_string(i));
    REQUIRE(asking.told.all.size() == 20);
    for (std::size_t i = 0; i < 10; ++i) {
      CHECK(asking.told.all[i] == "4 504 the deadline of the call passed");
      CHECK(asking.told.all[10 + i] == "0 200 " + std::to_string(2 * i + 1));
    }
    asking.complete(0);
  }

  TEST_CASE("invoke: who is told of the end may answer the request there and then") {
    Asking asking;
    TestExchange parent;
    asking.start(parent);
    REQUIRE(asking.ask() == BP_OK);
    asking.told.then = [&asking] { asking.complete(0); };
    parent.abandon();
    CHECK(parent.completions() == 1);
    asking.router.answer(0, "");
    CHECK(asking.told.all.size() == 1);
  }

  TEST_CASE("invoke: a call goes on when its request was answered, and the replica waits for it") {
    Asking asking;
    TestExchange parent;
    asking.start(parent);
    REQUIRE(asking.ask() == BP_OK);
    asking.complete(0);
    CHECK(parent.completions() == 1);
    // The request's exchange is somebody else's by now.
    parent.abandon();
    CHECK(asking.told.all.empty());
    // So is the place of its call, whose next request ends its own calls and no others.
    TestExchange next;
    asking.start(next);
    REQUIRE(asking.ask(1) == BP_OK);
    next.abandon();
    CHECK(std::exchange(asking.told.all, {}).size() == 1);
    asking.router.answer(1, "");
    asking.complete(1);
    asking.told.then = [&] { CHECK(asking.fake.script.destroyed == 0); };
    std::thread destroying([&] { asking.instance.reset(); });
    asking.router.answer(0, "late");
    destroying.join();
    CHECK(asking.told.all == std::vector<std::string>{"0 200 late"});
    CHECK(asking.fake.script.destroyed == 1);
  }

  TEST_CASE("invoke: who is told that nobody waits sees that its request is cancelled") {
    Asking asking;
    TestExchange parent;
    asking.start(parent);
    REQUIRE(asking.ask() == BP_OK);
    std::uint32_t cancelled = 0;
    asking.told.then = [&] { cancelled = asking.host->call_cancelled(asking.kept[0]); };
    CHECK(asking.host->call_cancelled(asking.kept[0]) == 0);
    parent.abandon();
    CHECK(cancelled == 1);
    asking.router.answer(0, "");
    asking.complete(0);
  }

  TEST_CASE("invoke: whose request is complete may ask nothing more for it") {
    Asking asking;
    TestExchange parent;
    asking.start(parent);
    asking.complete(0);
    CHECK(asking.ask() == BP_CONTRACT);
    CHECK(asking.fake.counts().violations == 1);
    CHECK(asking.router.kept.empty());
  }

  TEST_CASE("invoke: where nobody serves, nobody is asked") {
    Asking asking;
    asking.fake.let_call(nullptr);
    TestExchange parent;
    asking.start(parent);
    CHECK(asking.ask() == BP_UNSUPPORTED);
    CHECK(asking.told.all.empty());
    asking.complete(0);
  }

  TEST_CASE("invoke: answers, ends and deadlines that meet are told once each") {
    for (int round = 0; round < 200; ++round) {
      std::atomic<int> told{0};
      Asking asking;
      TestExchange parent;
      asking.start(parent);
      asking.told.then = [&told] { ++told; };
      REQUIRE(asking.ask() == BP_OK);
      asking.router.address(0, Clock::now() + std::chrono::microseconds(round));
      std::thread leaving([&parent] { parent.abandon(); });
      asking.router.answer(0, "answer");
      leaving.join();
      asking.complete(0);
      // Whoever tells may be about to: the instance waits for that.
      asking.instance.reset();
      CHECK(told == 1);
    }
  }
}

}  // namespace backplane::host
