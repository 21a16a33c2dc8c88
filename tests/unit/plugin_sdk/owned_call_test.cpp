#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <backplane/plugin.hpp>
#include <backplane/testing.hpp>

using backplane::Error;
using backplane::OwnedCall;
using backplane::TestReplica;

namespace {

// The calls that the handler below keeps; emptied by each test case.
std::vector<OwnedCall>& kept() {
  static std::vector<OwnedCall> calls;
  return calls;
}

class Keeper {
 public:
  void operator()(OwnedCall call) {
    const std::string what = call.request().arg("do");
    if (what == "throw") throw Error::unavailable("not now");
    if (what == "answer_and_throw") {
      call.reply("answered");
      throw std::runtime_error("too late");
    }
    if (what == "forget") return;
    if (what == "elsewhere") {
      std::thread([call = std::move(call)]() mutable { call.reply("from elsewhere"); }).join();
      return;
    }
    kept().push_back(std::move(call));
  }
  void later(OwnedCall call) { kept().push_back(std::move(call)); }
};

void at_once(OwnedCall call) {
  call.reply(backplane::Response::json("1").set_status(201));
}

constexpr auto kHandlers = backplane::make_handlers(
    "1", backplane::handler<Keeper, backplane::Method<"later", &Keeper::later>>("keeper"),
    backplane::function<at_once>("at_once"));
constexpr auto kPointers = backplane::point_to(kHandlers);
constexpr bp_plugin kPlugin = backplane::make_plugin("owned", "1", kPointers);

const bp_plugin* entry(std::uint32_t /*host_major*/, std::uint32_t /*host_minor*/) {
  return &kPlugin;
}

}  // namespace

TEST_SUITE("plugin_sdk") {
  TEST_CASE("OwnedCall: makes its handler an async one") {
    CHECK(TestReplica("keeper", {}, entry).descriptor().flags == BP_HF_ASYNC);
    CHECK((TestReplica("at_once", {}, entry).descriptor().flags & BP_HF_ASYNC) != 0);
  }

  TEST_CASE("OwnedCall: is answered at once, later, or from another thread") {
    TestReplica replica("keeper", {}, entry);
    CHECK(TestReplica("at_once", {}, entry).send().http_status == 201);
    CHECK(replica.send({.query = "do=elsewhere"}).body == "from elsewhere");
    const auto pending = replica.start();
    CHECK(pending->answer().completions == 0);
    kept().back().reply("later");
    kept().clear();
    const auto answer = pending->wait();
    CHECK(answer.body == "later");
    CHECK(answer.completions == 1);
  }

  TEST_CASE("OwnedCall: a named method may keep it too") {
    TestReplica replica("keeper", {}, entry);
    const auto pending = replica.start({.headers = {{"X-Serve-Call-Method", "later"}}});
    kept().back().fail(Error::not_found("nothing there"));
    kept().clear();
    CHECK(pending->wait().http_status == 404);
    CHECK(pending->wait().message == "nothing there");
  }

  TEST_CASE("OwnedCall: one that is forgotten fails as a broken contract") {
    TestReplica replica("keeper", {}, entry);
    const auto forgotten = replica.send({.query = "do=forget"});
    CHECK(forgotten.status == BP_CONTRACT);
    CHECK(forgotten.message == "the handler forgot the call");
    const auto pending = replica.start();
    kept().clear();
    CHECK(pending->wait().status == BP_CONTRACT);
    CHECK(pending->wait().completions == 1);
  }

  TEST_CASE("OwnedCall: what a handler throws is the answer, unless it gave one") {
    TestReplica replica("keeper", {}, entry);
    const auto thrown = replica.send({.query = "do=throw"});
    CHECK(thrown.http_status == 503);
    CHECK(thrown.message == "not now");
    CHECK(thrown.completions == 1);
    const auto answered = replica.send({.query = "do=answer_and_throw"});
    CHECK(answered.body == "answered");
    CHECK(answered.completions == 1);
  }

  TEST_CASE("OwnedCall: can be asked for nothing once it is answered or moved from") {
    TestReplica replica("keeper", {}, entry);
    const auto pending = replica.start({.query = "name=ray"});
    OwnedCall call = std::move(kept().back());
    CHECK_FALSE(kept().back().open());
    CHECK_THROWS_AS(kept().back().reply("x"), std::logic_error);
    kept().clear();
    CHECK(call.open());
    CHECK(call.request().arg("name") == "ray");
    call.reply("done");
    CHECK_FALSE(call.open());
    CHECK_THROWS_AS(call.reply("again"), std::logic_error);
    CHECK_THROWS_AS(static_cast<void>(call.request()), std::logic_error);
    CHECK_THROWS_AS(static_cast<void>(call.cancelled()), std::logic_error);
    CHECK(pending->wait().completions == 1);
  }

  TEST_CASE("OwnedCall: one that another is assigned to is forgotten") {
    TestReplica replica("keeper", {}, entry);
    const auto first = replica.start();
    const auto second = replica.start();
    kept()[0] = std::move(kept()[1]);
    CHECK(first->wait().status == BP_CONTRACT);
    kept()[0].reply("second");
    CHECK(second->wait().body == "second");
    kept().clear();
  }

  TEST_CASE("OwnedCall: is told once when nobody waits any more, wherever it was moved to") {
    TestReplica replica("keeper", {}, entry);
    const auto pending = replica.start();
    int told = 0;
    CHECK(kept().back().on_cancel([&told] { ++told; }));
    CHECK_THROWS_AS(kept().back().on_cancel([] {}), std::logic_error);
    OwnedCall moved = std::move(kept().back());
    kept().clear();
    CHECK_FALSE(moved.cancelled());
    pending->cancel();
    CHECK(told == 1);
    CHECK(moved.cancelled());
    moved.fail(BP_CANCELLED, "left");
    CHECK(pending->wait().http_status == 499);
    CHECK(told == 1);
  }

  TEST_CASE("OwnedCall: is told at once when nobody waits already, and may be answered there") {
    TestReplica replica("keeper", {}, entry);
    const auto pending = replica.start({.cancelled = true});
    CHECK(kept().back().on_cancel([] {
      kept().back().fail(BP_CANCELLED, "left");
      throw std::runtime_error("nobody hears");
    }));
    CHECK(pending->wait().http_status == 499);
    CHECK(pending->wait().completions == 1);
    kept().clear();
  }

  TEST_CASE("OwnedCall: nobody is told of a call that was answered") {
    TestReplica replica("keeper", {}, entry);
    const auto pending = replica.start();
    int told = 0;
    CHECK(kept().back().on_cancel([&told] { ++told; }));
    kept().back().reply("done");
    pending->cancel();
    CHECK(told == 0);
    kept().clear();
  }
}
