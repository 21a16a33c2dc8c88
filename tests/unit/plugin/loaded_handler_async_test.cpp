#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "host/plugin/loaded_handler.hpp"
#include "tests/support/test_exchange.hpp"
#include "tests/unit/plugin/fake_handler.hpp"

namespace backplane::host {
namespace {

// What a replica would do with answers. Thread-safe.
class CountingSink final : public AnswerSink {
 public:
  void count(Exchange& /*exchange*/) noexcept override { ++taken_; }
  void leave() noexcept override { ++left_; }

  int taken() const { return taken_; }
  int left() const { return left_; }

 private:
  std::atomic<int> taken_{0};
  std::atomic<int> left_{0};
};

// A handler that keeps its calls.
struct Keeping {
  explicit Keeping(FakeHandler& fake) {
    fake.script.execute = [this](const bp_host& services, bp_call* const* calls, std::uint32_t n) {
      host = &services;
      kept.insert(kept.end(), calls, calls + n);
      return BP_OK;
    };
  }

  const bp_host* host = nullptr;
  std::vector<bp_call*> kept;
};

template <typename... Exchanges>
void start(HandlerInstance& instance, AnswerSink& sink, Exchanges&... exchanges) {
  const std::vector<Exchange*> all{&exchanges...};
  instance.start(all, sink);
}

const bp_cancel& cancel_of(const bp_host& host) {
  const auto* cancel =
      static_cast<const bp_cancel*>(host.get_extension(host.ctx, BP_CANCEL_EXTENSION));
  REQUIRE(BP_HAS(cancel, bp_cancel, on_cancel));
  return *cancel;
}

void count(void* times) {
  ++*static_cast<int*>(times);
}

}  // namespace

TEST_SUITE("plugin") {
  TEST_CASE("LoadedHandler: an async handler answers after it returned, from any thread") {
    FakeHandler fake(BP_HF_ASYNC | BP_HF_BATCH);
    Keeping keeping(fake);
    auto instance = fake.instance();
    REQUIRE(instance.ok());
    CountingSink sink;
    TestExchange a;
    TestExchange b;
    start(*instance.value(), sink, a, b);
    CHECK(sink.taken() == 0);
    std::thread([&keeping] { reply(*keeping.host, keeping.kept[1], "second"); }).join();
    CHECK(sink.taken() == 1);
    CHECK(sink.left() == 1);
    CHECK(b.response.body == "second");
    reply(*keeping.host, keeping.kept[0], "first");
    CHECK(a.response.body == "first");
    CHECK(sink.taken() == 2);
    CHECK(fake.counts().violations == 0);
  }

  TEST_CASE("LoadedHandler: an async handler may answer at once") {
    FakeHandler fake(BP_HF_ASYNC);
    fake.script.execute = [](const bp_host& host, bp_call* const* calls, std::uint32_t) {
      reply(host, calls[0], "now");
      return BP_OK;
    };
    auto instance = fake.instance();
    REQUIRE(instance.ok());
    CountingSink sink;
    TestExchange exchange;
    start(*instance.value(), sink, exchange);
    CHECK(exchange.response.body == "now");
    CHECK(sink.left() == 1);
  }

  TEST_CASE("LoadedHandler: an async handler that fails keeps nothing that it did not answer") {
    FakeHandler fake(BP_HF_ASYNC | BP_HF_BATCH);
    fake.script.execute = [](const bp_host& host, bp_call* const* calls, std::uint32_t) {
      reply(host, calls[0], "done");
      return BP_EXHAUSTED;
    };
    auto instance = fake.instance();
    REQUIRE(instance.ok());
    CountingSink sink;
    TestExchange a;
    TestExchange b;
    start(*instance.value(), sink, a, b);
    CHECK(a.response.body == "done");
    CHECK(b.response.status == 429);
    CHECK(sink.taken() == 2);
    CHECK(sink.left() == 2);
  }

  TEST_CASE("LoadedHandler: only the first completion of an async call counts") {
    FakeHandler fake(BP_HF_ASYNC);
    Keeping keeping(fake);
    auto instance = fake.instance();
    REQUIRE(instance.ok());
    CountingSink sink;
    TestExchange first;
    TestExchange second;
    start(*instance.value(), sink, first);
    reply(*keeping.host, keeping.kept[0], "once");
    // Its place is used again, and its old handle opens nothing.
    start(*instance.value(), sink, second);
    keeping.host->call_complete(keeping.kept[0], BP_OK, {});
    CHECK(keeping.host->call_write(keeping.kept[0], "x", 1, 0) == BP_CONTRACT);
    CHECK(fake.counts().double_completions == 1);
    CHECK(sink.taken() == 1);
    reply(*keeping.host, keeping.kept[1], "twice");
    CHECK(first.response.body == "once");
    CHECK(second.response.body == "twice");
    CHECK(sink.left() == 2);
  }

  TEST_CASE("LoadedHandler: a completion that nobody waits for is counted as late") {
    FakeHandler fake(BP_HF_ASYNC);
    Keeping keeping(fake);
    auto instance = fake.instance();
    REQUIRE(instance.ok());
    CountingSink sink;
    TestExchange exchange;
    start(*instance.value(), sink, exchange);
    exchange.abandon();
    CHECK(keeping.host->call_cancelled(keeping.kept[0]) != 0);
    keeping.host->call_complete(keeping.kept[0], BP_OK, {});
    CHECK(fake.counts().late_completions == 1);
    CHECK(fake.counts().violations == 0);
    CHECK(sink.left() == 1);
  }

  TEST_CASE("LoadedHandler: a handler is told once when nobody waits any more") {
    FakeHandler fake(BP_HF_ASYNC);
    Keeping keeping(fake);
    auto instance = fake.instance();
    REQUIRE(instance.ok());
    CountingSink sink;
    TestExchange exchange;
    start(*instance.value(), sink, exchange);
    const bp_cancel& cancel = cancel_of(*keeping.host);
    int told = 0;
    CHECK(cancel.on_cancel(keeping.kept[0], count, &told) == BP_OK);
    CHECK(cancel.on_cancel(keeping.kept[0], count, &told) == BP_CONTRACT);
    CHECK(fake.counts().violations == 1);
    exchange.abandon();
    exchange.abandon();
    CHECK(told == 1);
    keeping.host->call_complete(keeping.kept[0], BP_CANCELLED, {});
    CHECK(sink.left() == 1);
    CHECK(cancel.on_cancel(keeping.kept[0], count, &told) == BP_CONTRACT);
    CHECK(told == 1);
  }

  TEST_CASE("LoadedHandler: nobody is told of a call that is complete") {
    FakeHandler fake(BP_HF_ASYNC);
    Keeping keeping(fake);
    auto instance = fake.instance();
    REQUIRE(instance.ok());
    CountingSink sink;
    TestExchange exchange;
    start(*instance.value(), sink, exchange);
    int told = 0;
    REQUIRE(cancel_of(*keeping.host).on_cancel(keeping.kept[0], count, &told) == BP_OK);
    reply(*keeping.host, keeping.kept[0], "done");
    exchange.abandon();
    CHECK(told == 0);
  }

  TEST_CASE("LoadedHandler: who is told may answer there and then") {
    FakeHandler fake(BP_HF_ASYNC);
    Keeping keeping(fake);
    auto instance = fake.instance();
    REQUIRE(instance.ok());
    CountingSink sink;
    TestExchange exchange;
    start(*instance.value(), sink, exchange);
    const auto answer = [](void* user) {
      const auto& own = *static_cast<Keeping*>(user);
      own.host->call_complete(own.kept[0], BP_CANCELLED, {});
    };
    REQUIRE(cancel_of(*keeping.host).on_cancel(keeping.kept[0], answer, &keeping) == BP_OK);
    exchange.abandon();
    CHECK(sink.left() == 1);
    CHECK(exchange.response.status == 499);
  }

  TEST_CASE("LoadedHandler: a call that is answered by who was told ends when that has returned") {
    FakeHandler fake(BP_HF_ASYNC);
    Keeping keeping(fake);
    auto instance = fake.instance();
    REQUIRE(instance.ok());
    struct Told {
      Keeping* keeping = nullptr;
      CountingSink sink;
      int left_inside = -1;
    } told;
    told.keeping = &keeping;
    TestExchange exchange;
    start(*instance.value(), told.sink, exchange);
    const auto answer = [](void* user) {
      auto& own = *static_cast<Told*>(user);
      own.keeping->host->call_complete(own.keeping->kept[0], BP_CANCELLED, {});
      own.left_inside = own.sink.left();
    };
    REQUIRE(cancel_of(*keeping.host).on_cancel(keeping.kept[0], answer, &told) == BP_OK);
    exchange.abandon();
    CHECK(told.sink.taken() == 1);
    // Until then its replica may not go, and the code that runs with it.
    CHECK(told.left_inside == 0);
    CHECK(told.sink.left() == 1);
  }

  TEST_CASE("LoadedHandler: a handler that answers before it returns can be told as well") {
    FakeHandler fake;
    int told = 0;
    TestExchange exchange;
    fake.script.execute = [&](const bp_host& host, bp_call* const* calls, std::uint32_t) {
      CHECK(cancel_of(host).on_cancel(calls[0], count, &told) == BP_OK);
      exchange.abandon();
      CHECK(told == 1);
      host.call_complete(calls[0], BP_CANCELLED, {});
      return BP_OK;
    };
    auto instance = fake.instance();
    REQUIRE(instance.ok());
    run(*instance.value(), exchange);
    CHECK(exchange.response.status == 499);
    CHECK(fake.counts().violations == 0);
  }
}

}  // namespace backplane::host
