#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "tests/unit/backend/backend_fixture.hpp"

namespace backplane::host {
namespace {

BackendSpec inline_spec() {
  BackendSpec spec = BackendFixture::spec();
  spec.config.execution = Execution::kInline;
  return spec;
}

TEST_SUITE("backend") {
  TEST_CASE("Backend inline: a request is answered by the thread that submits it, at once") {
    BackendFixture host;
    host.options.submitters = 2;
    std::vector<std::thread::id> ran_on;
    host.factory->on_request = [&ran_on](Exchange& exchange) {
      ran_on.push_back(std::this_thread::get_id());
      exchange.response.body = "here";
    };
    host.start(inline_spec());
    REQUIRE(host.wait_started().ok());
    CHECK(host.factory->created() == 2);  // one for each thread that submits
    CHECK(host.backend->num_replicas() == 2);
    for (const std::size_t thread : {0U, 1U, 1U}) {
      TestExchange exchange;
      CHECK(host.submit(exchange, thread).ok());
      CHECK(exchange.answer() == "200 here");
    }
    CHECK(ran_on == std::vector<std::thread::id>(3, std::this_thread::get_id()));
    const BackendStats stats = host.backend->stats();
    CHECK(stats.replicas.executions == 3);
    CHECK(stats.queued == 0);
  }

  TEST_CASE("Backend inline: what nobody waits for any more does not run") {
    BackendFixture host;
    int ran = 0;
    host.factory->on_request = [&ran](Exchange&) { ++ran; };
    host.start(inline_spec());
    REQUIRE(host.wait_started().ok());
    TestExchange abandoned;
    abandoned.abandon();
    CHECK(host.submit(abandoned).ok());
    CHECK(abandoned.response.status == 499);
    TestExchange late;
    late.request.deadline = Clock::now();
    CHECK(host.submit(late).ok());
    CHECK(late.response.status == 504);
    CHECK(ran == 0);
  }

  TEST_CASE("Backend inline: closed, it refuses, stops, and keeps its handlers until it goes") {
    BackendFixture host;
    host.options.submitters = 3;
    host.start(inline_spec());
    REQUIRE(host.wait_started().ok());
    SUBCASE("close()") {
      host.backend->close();
    }
    SUBCASE("close_now()") {
      host.backend->close_now(Error(ErrorCode::kUnavailable, "gone"));
    }
    TestExchange exchange;
    const Status refused = host.submit(exchange);
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().code() == ErrorCode::kUnavailable);
    CHECK(host.wait_stopped());
    // A thread that submits may still be inside of one.
    CHECK(host.factory->destroyed() == 0);
    host.backend.reset();
    CHECK(host.factory->destroyed() == 3);
  }

  TEST_CASE("Backend inline: one handler that cannot be made, and none is kept") {
    BackendFixture host;
    host.options.submitters = 3;
    host.factory->on_create = [](const ReplicaInfo& info) {
      return info.index == 1 ? Status(Error(ErrorCode::kInvalidArgument, "no")) : Status();
    };
    host.start(inline_spec());
    CHECK_FALSE(host.wait_started().ok());
    CHECK(host.wait_stopped());
    CHECK(host.factory->destroyed() == 2);
  }
}

}  // namespace
}  // namespace backplane::host
