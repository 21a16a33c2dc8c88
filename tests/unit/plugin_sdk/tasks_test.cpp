#include <atomic>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

#include <doctest/doctest.h>

#include <backplane/plugin.hpp>
#include <backplane/testing.hpp>

#include "tests/support/gate.hpp"

using backplane::OwnedCall;
using backplane::TestReplica;
using backplane::host::Gate;

namespace {

// Of each test case anew.
struct Shared {
  Gate gate;
  std::atomic<bool> ended{false};
};
std::unique_ptr<Shared>& shared() {
  static std::unique_ptr<Shared> value;
  return value;
}

class Worker {
 public:
  explicit Worker(const backplane::Context& context)
      : context_(context), made_here_(context.on_replica_thread()) {}

  void operator()(OwnedCall call) {
    const std::string what = call.request().arg("do");
    const bool here = context_.on_replica_thread();
    if (what == "hold") {
      context_.run([this] {
        shared()->gate.enter();
        shared()->ended = made_here_;
      });
      return call.reply("held");
    }
    context_.run([this, here, what, call = std::move(call)]() mutable {
      const bool there = context_.on_replica_thread();
      call.reply(std::string(made_here_ ? "1" : "0") + (here ? "1" : "0") + (there ? "1" : "0"));
      if (what == "throw") throw std::runtime_error("after the answer");
      if (what == "throw_odd") throw 1;
    });
  }

 private:
  const backplane::Context& context_;
  const bool made_here_;
};

// Throws in its constructor, with a task that waits.
class Stillborn {
 public:
  explicit Stillborn(const backplane::Context& context) {
    context.run([] {
      shared()->gate.enter();
      shared()->ended = true;
    });
    throw std::runtime_error("not today");
  }
  backplane::Response operator()(const backplane::Request&) { return nullptr; }
};

const bp_plugin* entry(std::uint32_t /*host_major*/, std::uint32_t /*host_minor*/) {
  static constexpr auto kHandlers = backplane::make_handlers(
      "1", backplane::handler<Worker>("worker"), backplane::handler<Stillborn>("stillborn"));
  static constexpr auto kPointers = backplane::point_to(kHandlers);
  static constexpr bp_plugin kPlugin = backplane::make_plugin("tasks", "1", kPointers);
  return &kPlugin;
}

}  // namespace

TEST_SUITE("plugin_sdk") {
  TEST_CASE("Context: a task runs on another thread than the replica's, and may answer") {
    TestReplica replica("worker", {}, entry);
    CHECK(replica.send().body == "110");
  }

  TEST_CASE("Context: what a task throws is logged, and the next one runs") {
    TestReplica replica("worker", {}, entry);
    CHECK(replica.send({.query = "do=throw"}).ok());
    CHECK(replica.send({.query = "do=throw_odd"}).ok());
    CHECK(replica.send().ok());
    const auto lines = replica.log_lines();
    REQUIRE(lines.size() == 2);
    CHECK(lines[0] == "a task threw: after the answer");
    CHECK(lines[1] == "a task threw something that is not a std::exception");
  }

  TEST_CASE("Context: a task that is not taken fails the call that it would have answered") {
    TestReplica replica("worker", {}, entry);
    replica.refuse_tasks(BP_EXHAUSTED);
    const auto answer = replica.send();
    CHECK(answer.http_status == 429);
    CHECK(answer.message == "too many tasks wait");
    CHECK(answer.completions == 1);
    replica.refuse_tasks(BP_UNAVAILABLE);
    CHECK(replica.send().http_status == 503);
    replica.refuse_tasks(BP_OK);
    CHECK(replica.send().ok());
  }

  TEST_CASE("Context: a handler is not destroyed before its tasks have ended") {
    shared() = std::make_unique<Shared>();
    std::thread opener;
    {
      TestReplica replica("worker", {}, entry);
      CHECK(replica.send({.query = "do=hold"}).body == "held");
      REQUIRE(shared()->gate.wait_entered());
      CHECK_FALSE(shared()->ended);
      opener = std::thread([] { shared()->gate.open(); });
    }
    CHECK(shared()->ended);
    opener.join();
  }

  TEST_CASE("Context: nor is what a constructor that throws leaves to its tasks") {
    shared() = std::make_unique<Shared>();
    std::thread opener([] {
      shared()->gate.wait_entered();
      shared()->gate.open();
    });
    CHECK_THROWS_AS(TestReplica("stillborn", {}, entry), backplane::Error);
    CHECK(shared()->ended);
    opener.join();
  }
}
