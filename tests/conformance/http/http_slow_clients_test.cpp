#include <string>

#include <doctest/doctest.h>

#include "tests/conformance/http/http_fixture.hpp"

namespace backplane::host {
namespace {

const std::string good_request = "GET /echo HTTP/1.1\r\nHost: h\r\n\r\n";

std::uint64_t timeouts(const HttpFixture& fixture, HttpPhase phase) {
  return fixture.totals().timeouts[static_cast<std::size_t>(phase)];
}

// Sends `drop` again and again, each time the server has been silent for 50 ms, until it answers.
std::string drip(RawClient& client, const std::string& drop) {
  const TimePoint deadline = Clock::now() + RawClient::kWait;
  std::string said;
  while (said.empty() && Clock::now() < deadline) {
    client.send(drop);
    said = client.read_some(std::chrono::milliseconds(50));
  }
  return said;
}

TEST_SUITE("http") {
  TEST_CASE("fault 20: a head that comes line by line ends with its phase, not with each line") {
    HttpFixture fixture(HttpFixture::quick_config());
    RawClient client = fixture.client();
    const TimePoint begun = Clock::now();
    REQUIRE(client.send("GET /echo HTTP/1.1\r\nHost: h\r\n"));
    CHECK(drip(client, "X-Slow: x\r\n").substr(0, 12) == "HTTP/1.1 408");
    CHECK(Clock::now() - begun >= std::chrono::milliseconds(250));
    CHECK(timeouts(fixture, HttpPhase::kHead) == 1);
    CHECK(fixture.client().ask(good_request)->status == 200);
  }

  TEST_CASE("fault 21: a body that comes too slowly ends with 408 and reaches no handler") {
    HttpFixture fixture(HttpFixture::quick_config());
    RawClient client = fixture.client();
    REQUIRE(client.send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n"));
    CHECK(drip(client, "x").substr(0, 12) == "HTTP/1.1 408");
    RawClient chunked = fixture.client();
    REQUIRE(chunked.send("POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"));
    CHECK(drip(chunked, "1\r\nx\r\n").substr(0, 12) == "HTTP/1.1 408");
    CHECK(timeouts(fixture, HttpPhase::kBody) == 2);
    CHECK(fixture.logic.handled().empty());
  }

  TEST_CASE("fault 21: a body at the minimum rate may take longer than the body timeout") {
    ListenerConfig config = HttpFixture::quick_config();
    config.body_timeout = std::chrono::milliseconds(1);
    config.body_min_bytes_per_second = 100;
    HttpFixture fixture(config);
    RawClient client = fixture.client();
    // 200 bytes are worth two seconds, three ticks are over before the rest is sent.
    REQUIRE(client.send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 201\r\n\r\n" +
                        std::string(200, 'x')));
    CHECK(client.read_some(std::chrono::milliseconds(300)).empty());
    CHECK(client.ask("x")->status == 200);
  }

  TEST_CASE("fault 22: a client that does not take its answer is closed after the stall limit") {
    HttpFixture fixture(HttpFixture::quick_config());
    RawClient client = fixture.client();
    REQUIRE(client.send("GET /big HTTP/1.1\r\nHost: h\r\n\r\n" + good_request + good_request));
    CHECK(fixture.eventually([&] { return timeouts(fixture, HttpPhase::kWrite) == 1; }));
    // At most one answer was made for it: the requests behind were not looked at.
    const auto handled = fixture.logic.handled();
    CHECK(std::count(handled.begin(), handled.end(), "/big") == 1);
    CHECK(handled.front() == "/big");
  }

  TEST_CASE("fault 22: a client that takes a large answer in its time gets all of it") {
    HttpFixture fixture;
    const auto answer = fixture.client().ask("GET /big HTTP/1.1\r\nHost: h\r\n\r\n");
    REQUIRE(answer.has_value());
    CHECK(answer->body.size() == 16777216);
  }

  TEST_CASE(
      "fault 23: silent connections are closed, new ones and kept ones by limits of their own") {
    HttpFixture fixture(HttpFixture::quick_config());
    RawClient silent = fixture.client();
    RawClient kept = fixture.client();
    REQUIRE(kept.ask(good_request)->status == 200);
    CHECK(silent.read_until_close() == "");
    CHECK(timeouts(fixture, HttpPhase::kFirstByte) == 1);
    CHECK(kept.read_until_close() == "");
    CHECK(timeouts(fixture, HttpPhase::kIdle) == 1);
  }

  TEST_CASE("B49: slow heads and bodies do not keep others waiting") {
    HttpFixture fixture;
    std::vector<RawClient> slow;
    for (int i = 0; i < 50; ++i) {
      slow.push_back(fixture.client());
      slow.back().send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nx");
    }
    const TimePoint begun = Clock::now();
    CHECK(fixture.client().ask(good_request)->status == 200);
    // Their phases last ten seconds and more.
    CHECK(Clock::now() - begun < std::chrono::seconds(5));
  }
}

}  // namespace
}  // namespace backplane::host
