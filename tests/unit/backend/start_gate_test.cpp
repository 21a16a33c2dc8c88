#include "host/backend/start_gate.hpp"

#include <algorithm>
#include <atomic>
#include <barrier>
#include <functional>
#include <future>
#include <list>
#include <optional>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "host/base/thread.hpp"

namespace backplane::host {
namespace {

// What the gate decided, and how often it said so.
struct Decision {
  std::atomic<int> times{0};
  std::optional<Status> status;

  std::function<void(Status)> recorder() {
    return [this](Status decided) {
      ++times;
      status = std::move(decided);
    };
  }
};

Error failure(const std::string& message) {
  return Error(ErrorCode::kInvalidArgument, "backend_init_failed", message);
}

// Starts a replica that arrives with `created` and writes down whether it may serve.
Thread arrive(StartGate& gate, Status created, std::atomic<int>& serving) {
  auto thread = Thread::start("replica", ThreadRole::kReplica,
                              [&gate, &serving, created = std::move(created)] {
                                if (gate.arrive(created)) ++serving;
                              });
  REQUIRE(thread.ok());
  return std::move(thread).value();
}

TEST_SUITE("backend") {
  TEST_CASE("StartGate: when all have arrived all serve, and it is said once") {
    Decision decision;
    StartGate gate(3, decision.recorder());
    std::atomic<int> serving{0};
    {
      std::vector<Thread> replicas;
      replicas.push_back(arrive(gate, Status(), serving));
      replicas.push_back(arrive(gate, Status(), serving));
      CHECK(decision.times == 0);
      CHECK(gate.arrive(Status()));
    }
    CHECK(serving == 2);
    CHECK(decision.times == 1);
    REQUIRE(decision.status);
    CHECK(decision.status->ok());
  }

  TEST_CASE("StartGate: when one fails none serves, and its error is what is said") {
    Decision decision;
    StartGate gate(3, decision.recorder());
    std::atomic<int> serving{0};
    {
      const Thread first = arrive(gate, Status(), serving);
      CHECK_FALSE(gate.arrive(failure("replica 1: no model")));
      // The third comes when all is over.
      CHECK_FALSE(gate.arrive(Status()));
    }
    CHECK(serving == 0);
    CHECK(decision.times == 1);
    REQUIRE_FALSE(decision.status->ok());
    CHECK(decision.status->error().message() == "replica 1: no model");
  }

  TEST_CASE("StartGate: of several errors the first one counts") {
    Decision decision;
    StartGate gate(3, decision.recorder());
    CHECK_FALSE(gate.arrive(failure("first")));
    CHECK_FALSE(gate.arrive(failure("second")));
    gate.abandon(failure("third"));
    CHECK(decision.times == 1);
    CHECK(decision.status->error().message() == "first");
  }

  TEST_CASE("StartGate: given up, those who wait and those who come later are sent away") {
    Decision decision;
    StartGate gate(3, decision.recorder());
    std::atomic<int> serving{0};
    {
      const Thread waiting = arrive(gate, Status(), serving);
      gate.abandon(Error(ErrorCode::kDeadlineExceeded, "too slow"));
      const Thread late = arrive(gate, Status(), serving);
      CHECK_FALSE(gate.arrive(Status()));
    }
    CHECK(serving == 0);
    CHECK(decision.times == 1);
    CHECK(decision.status->error().code() == ErrorCode::kDeadlineExceeded);
  }

  TEST_CASE("StartGate: giving up on what serves already changes nothing") {
    Decision decision;
    StartGate gate(1, decision.recorder());
    CHECK(gate.arrive(Status()));
    gate.abandon(failure("too late"));
    CHECK(decision.times == 1);
    CHECK(decision.status->ok());
  }

  TEST_CASE("StartGate: when all are there their time is over no more") {
    Decision decision;
    std::promise<void> ready;
    StartGate gate(
        1, [&ready](const Status&) { ready.set_value(); }, StartGate::Then::kHold);
    std::atomic<int> serving{0};
    {
      const Thread replica = arrive(gate, Status(), serving);
      ready.get_future().wait();
      gate.expire(failure("too slow"));
      gate.open();
    }
    CHECK(serving == 1);
    StartGate other(1, decision.recorder(), StartGate::Then::kHold);
    other.expire(failure("too slow"));
    CHECK_FALSE(other.arrive(Status()));
    CHECK(decision.times == 1);
    CHECK_FALSE(decision.status->ok());
  }

  TEST_CASE("StartGate: one that fails is not overtaken by those who arrive meanwhile") {
    constexpr int kRounds = 10'000;
    std::vector<Decision> decisions(kRounds);
    std::list<StartGate> gates;
    for (Decision& decision : decisions) gates.emplace_back(2, decision.recorder());
    std::barrier<> together(2);
    // Each at the same gate at the same moment, round for round.
    const auto walk = [&gates, &together](const Status& ready) {
      for (StartGate& gate : gates) {
        together.arrive_and_wait();
        gate.report(ready);
      }
    };
    {
      const auto good = Thread::start("good", ThreadRole::kReplica, [&walk] { walk(Status()); });
      REQUIRE(good.ok());
      walk(failure("no model"));
    }
    const auto failed = [](const Decision& decision) {
      return decision.times == 1 && !decision.status->ok();
    };
    CHECK(std::count_if(decisions.begin(), decisions.end(), failed) == kRounds);
  }

  TEST_CASE("StartGate: arriving and giving up at the same time, one of them wins for all") {
    for (int round = 0; round < 100; ++round) {
      Decision decision;
      std::atomic<int> serving{0};
      StartGate gate(2, decision.recorder());
      {
        const Thread first = arrive(gate, Status(), serving);
        const Thread second = arrive(gate, Status(), serving);
        gate.abandon(failure("given up"));
      }
      CHECK(decision.times == 1);
      CHECK(serving == (decision.status->ok() ? 2 : 0));
    }
  }
}

}  // namespace
}  // namespace backplane::host
