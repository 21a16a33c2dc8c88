#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/support/host_fixture.hpp"
#include "tests/support/plugin_gate.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/support/wait_for.hpp"

namespace backplane::host {
namespace {

// Longer than any case here may take: a batch that is answered before did not wait for it.
constexpr auto kLongWait = std::chrono::seconds(20);

// A configuration whose batches wait that long: `{<members>, …}`.
std::string patient(const std::string& members) {
  return "{" + members + R"(,"batch_wait_timeout_ms":20000})";
}

std::vector<PendingAnswer> send_many(const HostFixture& host, const std::string& target,
                                     int count) {
  std::vector<PendingAnswer> pending;
  pending.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) pending.push_back(host.get_async(target));
  return pending;
}

std::vector<std::string> bodies_of(std::vector<PendingAnswer>& pending) {
  std::vector<std::string> bodies;
  for (PendingAnswer& one : pending) {
    const Answer answer = one.get();
    bodies.push_back(answer.status() == 200 ? answer.body() : answer.refusal());
  }
  return bodies;
}

// A host with one backend and one endpoint, both called as the handler.
void serve(const HostFixture& host, const std::string& handler, const std::string& config,
           const std::string& init = "null") {
  host.create_backend(handler, handler, config, init);
  host.create_endpoint(handler, "/" + handler, R"({")" + handler + R"(":1})", R"(["GET","POST"])");
}

std::string stat_of(const HostFixture& host, const std::string& tag, const std::string& name) {
  return host.admin("GET", "/v1/backends/" + tag).at("/stats/" + name);
}

}  // namespace

SCENARIO("B26: a batch that is full is run at once, not when its time is over") {
  GIVEN("batches of 8 that may wait for 20 s") {
    HostFixture host({"bsize"});
    serve(host, "bsize", patient(R"("max_batch_size":8)"));
    WHEN("8 requests arrive together") {
      const TimePoint began = Clock::now();
      auto pending = send_many(host, "/bsize", 8);
      THEN("one call answers all of them, long before 20 s") {
        CHECK(bodies_of(pending) == std::vector<std::string>(8, "8"));
        CHECK(Clock::now() - began < kLongWait);
        CHECK(stat_of(host, "bsize", "executions") == "1");
      }
    }
  }
}

SCENARIO("B27: a batch that stays small is run when its time is over, from the first request on") {
  GIVEN("batches of 8 that may wait for 600 ms") {
    constexpr auto kWait = std::chrono::milliseconds(600);
    HostFixture host({"bsize"});
    serve(host, "bsize", R"({"max_batch_size":8,"batch_wait_timeout_ms":600})");
    WHEN("one request arrives, and two more half of that later") {
      THEN("one call of 3 begins 600 ms after the first, not after the last") {
        // The machine may stop in the middle of one attempt, but not of each; whoever counts from
        // the last request is too late in all of them.
        CHECK(wait_for([&] {
          const TimePoint first_sent = Clock::now();
          PendingAnswer first = host.get_async("/bsize");
          if (first.get_within(kWait / 2).status() != 0) return false;
          const TimePoint others_sent = Clock::now();
          auto others = send_many(host, "/bsize", 2);
          const std::string body = first.get().body();
          CHECK(Clock::now() - first_sent >= kWait);
          const bool in_time = Clock::now() - others_sent < kWait;
          return bodies_of(others) == std::vector<std::string>(2, "3") && body == "3" && in_time;
        }));
      }
    }
  }
}

SCENARIO("B28: without a wait, an idle backend runs at once and a busy one fills its batches") {
  GIVEN("a backend with batches of 8 and no wait, held inside a call") {
    TemporaryDirectory directory;
    PluginGate gate(directory.path());
    HostFixture host({"gate"});
    serve(host, "gate", R"({"max_batch_size":8,"batch_wait_timeout_ms":0})", gate.init_json());
    PendingAnswer first = host.get_async("/gate");
    REQUIRE(gate.wait_entered());
    WHEN("20 requests arrive, and the call returns") {
      auto pending = send_many(host, "/gate", 20);
      REQUIRE(host.wait_queued("gate", 20));
      gate.open(4);
      THEN("the idle backend had run the first alone, and the next batches are 8, 8 and 4") {
        CHECK(first.get().body() == "1");
        std::vector<std::string> bodies = bodies_of(pending);
        std::sort(bodies.begin(), bodies.end());
        CHECK(std::count(bodies.begin(), bodies.end(), "8") == 16);
        CHECK(std::count(bodies.begin(), bodies.end(), "4") == 4);
      }
    }
  }
}

SCENARIO("B29: a burst is not split over idle replicas; a batch is formed for the backend") {
  GIVEN("two idle replicas with batches of 8") {
    HostFixture host({"bsize"});
    serve(host, "bsize", patient(R"("num_replicas":2,"max_batch_size":8)"));
    WHEN("8 requests arrive, several times") {
      THEN("each time one call gets all of them") {
        for (int round = 1; round <= 5; ++round) {
          auto pending = send_many(host, "/bsize", 8);
          CHECK(bodies_of(pending) == std::vector<std::string>(8, "8"));
          CHECK(stat_of(host, "bsize", "executions") == std::to_string(round));
        }
      }
    }
  }
}

SCENARIO(
    "B30: one request of a batch that fails gets its own error, and the others their answers") {
  GIVEN("a handler that refuses the third of a batch") {
    HostFixture host({"bitem"});
    serve(host, "bitem", patient(R"("max_batch_size":5)"));
    WHEN("5 requests form a batch") {
      auto pending = send_many(host, "/bitem", 5);
      std::vector<Answer> answers;
      answers.reserve(pending.size());
      for (PendingAnswer& one : pending) answers.push_back(one.get());
      THEN("4 succeed, each with its own answer, and one has its own status and words") {
        std::vector<std::string> good;
        std::vector<Answer> bad;
        for (const Answer& answer : answers) {
          if (answer.status() == 200) good.push_back(answer.body());
          if (answer.status() != 200) bad.push_back(answer);
        }
        std::sort(good.begin(), good.end());
        CHECK(good == std::vector<std::string>{"item 1", "item 2", "item 4", "item 5"});
        REQUIRE(bad.size() == 1);
        CHECK(bad.front().status() == 400);
        CHECK(bad.front().body().find("item 3 is bad") != std::string::npos);
      }
    }
  }
}

SCENARIO("B31: a wrong number of results fails the whole batch by name, and the replica survives") {
  GIVEN("a handler that answers twice as often as it is asked") {
    HostFixture host({"bwrong"});
    serve(host, "bwrong", patient(R"("max_batch_size":3)"));
    WHEN("batches of 3 are sent, one after another") {
      THEN("each request of each is answered 500 batch_size_mismatch by the same replica") {
        for (int round = 1; round <= 3; ++round) {
          auto pending = send_many(host, "/bwrong", 3);
          for (PendingAnswer& one : pending) {
            const Answer answer = one.get();
            CHECK(answer.refusal() == "500 batch_size_mismatch");
            CHECK(answer.detail().find("preserve batch size") != std::string::npos);
          }
        }
        CHECK(stat_of(host, "bwrong", "executions") == "3");
        CHECK(host.admin("GET", "/v1/backends/bwrong").text_at("/state") == "serving");
      }
    }
  }
}

SCENARIO("B32: a throw fails each request of its batch; it counts as one call, n failures") {
  GIVEN("a handler that throws for every batch") {
    HostFixture host({"bthrow"});
    serve(host, "bthrow", patient(R"("max_batch_size":4)"));
    WHEN("4 requests form a batch") {
      auto pending = send_many(host, "/bthrow", 4);
      THEN("each is answered 500, and the counts are 1 execution, 4 requests, 4 failures") {
        CHECK(bodies_of(pending) == std::vector<std::string>(4, "500 handler_error"));
        CHECK(stat_of(host, "bthrow", "executions") == "1");
        CHECK(stat_of(host, "bthrow", "requests") == "4");
        CHECK(stat_of(host, "bthrow", "failures") == "4");
      }
    }
  }
}

SCENARIO("B33: answers that are made out of order reach the clients who asked") {
  GIVEN("a handler that answers its batches from the end, and 64 connections") {
    HostFixture host({"reversed"});
    serve(host, "reversed", R"({"num_replicas":2,"max_batch_size":16,"batch_wait_timeout_ms":2})");
    std::vector<RawClient> clients;
    clients.reserve(64);
    for (int i = 0; i < 64; ++i) clients.emplace_back(host.data_port());
    WHEN("each sends 20 requests with a body of its own, all at the same time") {
      int wrong = 0;
      for (int round = 0; round < 20; ++round) {
        const auto body = [round](std::size_t client) {
          return "client " + std::to_string(client) + " round " + std::to_string(round) +
                 std::string(client, '.');
        };
        for (std::size_t i = 0; i < clients.size(); ++i) {
          REQUIRE(clients[i].send(request_text("POST", "/reversed", {}, body(i))));
        }
        for (std::size_t i = 0; i < clients.size(); ++i) {
          const auto answer = clients[i].read_response();
          if (!answer || answer->status != 200 || answer->body != body(i)) ++wrong;
        }
      }
      THEN("each gets its own back, and there were fewer calls than requests") {
        CHECK(wrong == 0);
        CHECK(stat_of(host, "reversed", "requests") == "1280");
        CHECK(std::stoi(stat_of(host, "reversed", "executions")) < 1280);
      }
    }
  }
}

SCENARIO("B37: a backend that does not mix content types cuts its batches there, in order") {
  GIVEN("such a backend, held inside a call") {
    TemporaryDirectory directory;
    PluginGate gate(directory.path());
    HostFixture host({"gate"});
    serve(host, "gate",
          R"({"max_batch_size":8,"batch_wait_timeout_ms":0,"mix_content_types":false})",
          gate.init_json());
    PendingAnswer first = host.data_async("POST", "/gate", {}, "x");
    REQUIRE(gate.wait_entered());
    WHEN("two of one type, one of another and two of the first are queued in this order") {
      std::vector<PendingAnswer> pending;
      for (const std::string type : {"a/json", "a/json", "a/text", "a/json", "a/json"}) {
        pending.push_back(host.data_async("POST", "/gate", {{"Content-Type", type}}, "x"));
        REQUIRE(host.wait_queued("gate", pending.size()));
      }
      THEN("the calls are of 2, 1 and 2 requests, one after another") {
        gate.open();
        CHECK(first.get().body() == "1");
        REQUIRE(gate.wait_entered());
        CHECK(host.wait_queued("gate", 3));
        gate.open();
        CHECK(pending[0].get().body() == "2");
        CHECK(pending[1].get().body() == "2");
        REQUIRE(gate.wait_entered());
        CHECK(host.wait_queued("gate", 2));
        gate.open();
        CHECK(pending[2].get().body() == "1");
        REQUIRE(gate.wait_entered());
        gate.open();
        CHECK(pending[3].get().body() == "2");
        CHECK(pending[4].get().body() == "2");
      }
    }
  }
}

SCENARIO("B38: without batching nothing waits, whatever the wait of a batch is") {
  GIVEN("batches of 1 with a wait of 20 s") {
    HostFixture host({"bsize"});
    serve(host, "bsize", patient(R"("max_batch_size":1)"));
    WHEN("requests are sent one after another, then several together") {
      const TimePoint began = Clock::now();
      const auto alone = host.tally("/bsize", 1);
      const auto together = host.tally("/bsize", 200);
      THEN("each is a call of its own, and no timer held it") {
        CHECK(alone == std::map<std::string, int>{{"1", 1}});
        CHECK(together == std::map<std::string, int>{{"1", 200}});
        CHECK(stat_of(host, "bsize", "executions") == "201");
        CHECK(Clock::now() - began < kLongWait);
      }
    }
  }
}

}  // namespace backplane::host
