#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "tests/support/host_fixture.hpp"
#include "tests/support/wait_for.hpp"

namespace backplane::host {
namespace {

using std::chrono::milliseconds;

// Backend and endpoint of one handler, with this batching.
void serve(const HostFixture& host, const std::string& handler, int max_batch_size,
           milliseconds wait, const std::string& init = "null") {
  host.create_backend(handler, handler,
                      R"({"max_batch_size":)" + std::to_string(max_batch_size) +
                          R"(,"batch_wait_timeout_ms":)" + std::to_string(wait.count()) + "}",
                      init);
  host.create_endpoint(handler, "/" + handler, R"({")" + handler + R"(":1})");
}

// Sends `count` requests at once, each on its own connection; their answers in that order.
std::vector<Answer> ask_together(const HostFixture& host, const std::string& target, int count) {
  std::vector<PendingAnswer> pending;
  pending.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) pending.push_back(host.get_async(target));
  std::vector<Answer> answers;
  answers.reserve(pending.size());
  for (PendingAnswer& waiting : pending) answers.push_back(waiting.get());
  return answers;
}

std::vector<std::string> sorted_bodies(const std::vector<Answer>& answers) {
  std::vector<std::string> bodies;
  bodies.reserve(answers.size());
  for (const Answer& answer : answers) bodies.push_back(answer.body());
  std::sort(bodies.begin(), bodies.end());
  return bodies;
}

Duration time_of(const HostFixture& host, const std::string& target) {
  const TimePoint sent = Clock::now();
  REQUIRE(host.get(target).status() == 200);
  return Clock::now() - sent;
}

}  // namespace

TEST_SUITE("batching") {
  TEST_CASE("T83: twenty concurrent requests take fewer than twenty calls") {
    HostFixture host({"bcount"});
    serve(host, "bcount", 5, milliseconds(1000));
    int most = 0;
    for (const Answer& answer : ask_together(host, "/bcount", 20)) {
      REQUIRE(answer.status() == 200);
      most = std::max(most, std::stoi(answer.body()));
    }
    CHECK(most < 20);
    CHECK(most >= 4);
  }

  TEST_CASE("T84: three requests make a batch of two and one of one") {
    HostFixture host({"bsize"});
    serve(host, "bsize", 2, milliseconds(500));
    CHECK(sorted_bodies(ask_together(host, "/bsize", 3)) ==
          std::vector<std::string>{"1", "2", "2"});
  }

  TEST_CASE("T85: a batch handler that returns one value is told to return a list") {
    HostFixture host({"bscalar"});
    serve(host, "bscalar", 2, milliseconds(10'000));
    for (const Answer& answer : ask_together(host, "/bscalar", 2)) {
      CHECK(answer.refusal() == "500 batch_size_mismatch");
      CHECK(answer.detail().find("list (iterable)") != std::string::npos);
    }
  }

  TEST_CASE("T86: a batch with the wrong number of answers fails, and only that batch") {
    HostFixture host({"bwrong"});
    serve(host, "bwrong", 3, milliseconds(10'000));
    for (const Answer& answer : ask_together(host, "/bwrong", 3)) {
      CHECK(answer.refusal() == "500 batch_size_mismatch");
      CHECK(answer.detail().find("preserve batch size") != std::string::npos);
      CHECK(answer.detail().find("got 6 answers for 3 requests") != std::string::npos);
    }
    for (const Answer& answer : ask_together(host, "/bwrong?right", 3)) {
      CHECK(answer.body() == "right");
    }
  }

  TEST_CASE("T87: calls of different methods never share a batch") {
    HostFixture host({"ab_batch"});
    serve(host, "ab_batch", 4, milliseconds(60'000));
    std::vector<PendingAnswer> pending;
    const auto send = [&](const char* method) {
      pending.push_back(host.data_async("GET", "/ab_batch", {{"X-Serve-Call-Method", method}}));
    };
    send("a");
    REQUIRE(host.wait_queued("ab_batch", 1));
    send("a");
    REQUIRE(host.wait_queued("ab_batch", 2));
    // The first b ends the batch of a, and the third a that of b; no wait runs out.
    send("b");
    CHECK(pending[0].get().body() == "a-0");
    CHECK(pending[1].get().body() == "a-1");
    REQUIRE(host.wait_queued("ab_batch", 1));
    send("b");
    REQUIRE(host.wait_queued("ab_batch", 2));
    send("a");
    CHECK(pending[2].get().body() == "b-0");
    CHECK(pending[3].get().body() == "b-1");
  }

  TEST_CASE("T88: a batch waits from its first request, not from the batch before") {
    HostFixture host({"bsize", "slow"});
    constexpr milliseconds kWait{200};
    serve(host, "bsize", 2, kWait);
    host.create_backend("slow", "slow", "{}", R"({"ms":250})");
    host.create_endpoint("slow", "/slow", R"({"slow":1})");
    CHECK(time_of(host, "/bsize") >= kWait);
    // Longer than the wait: whoever counts from the batch before has no patience left.
    REQUIRE(host.get("/slow").status() == 200);
    CHECK(time_of(host, "/bsize") >= kWait);
  }

  TEST_CASE("T89: without a wait a lone request is served at once") {
    HostFixture host({"bsize"});
    serve(host, "bsize", 8, milliseconds(0));
    // The machine may stop in the middle of one, but not of each.
    CHECK(wait_for([&host] { return time_of(host, "/bsize") < milliseconds(20); }));
    CHECK(host.get("/bsize").body() == "1");
  }

  TEST_CASE("T94: a handler without batches serves with a batch size of 1") {
    HostFixture host({"count"});
    serve(host, "count", 1, milliseconds(0));
    const std::vector<std::string> expected{"1", "2", "3", "4", "5", "6", "7", "8", "9"};
    CHECK(sorted_bodies(ask_together(host, "/count", 9)) == expected);
  }
}

}  // namespace backplane::host
