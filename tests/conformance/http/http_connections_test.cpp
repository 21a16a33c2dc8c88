#include <string>
#include <sys/resource.h>
#include <unistd.h>
#include <vector>

#include <doctest/doctest.h>

#include "tests/conformance/http/http_fixture.hpp"

namespace backplane::host {
namespace {

const std::string good_request = "GET /echo HTTP/1.1\r\nHost: h\r\n\r\n";
const std::string hold_request = "GET /hold HTTP/1.1\r\nHost: h\r\n\r\n";

// No descriptor beyond those that are open now.
class DescriptorShortage {
 public:
  DescriptorShortage() {
    ::getrlimit(RLIMIT_NOFILE, &former_);
    const int lowest_free = ::dup(0);
    ::close(lowest_free);
    rlimit tight = former_;
    tight.rlim_cur = static_cast<rlim_t>(lowest_free);
    ::setrlimit(RLIMIT_NOFILE, &tight);
  }
  ~DescriptorShortage() { ::setrlimit(RLIMIT_NOFILE, &former_); }
  DescriptorShortage(const DescriptorShortage&) = delete;
  DescriptorShortage& operator=(const DescriptorShortage&) = delete;

 private:
  rlimit former_{};
};

TEST_SUITE("http") {
  TEST_CASE("fault 25: connections beyond the limit are told so, and places come back") {
    ListenerConfig config = HttpFixture::usual_config();
    config.max_connections = 2;
    HttpFixture fixture(config);
    RawClient first = fixture.client();
    RawClient second = fixture.client();
    REQUIRE(first.send(hold_request));
    REQUIRE(second.send(hold_request));
    REQUIRE(fixture.logic.wait_held(2));
    RawClient third = fixture.client();
    const auto refused = third.read_response();
    REQUIRE(refused.has_value());
    CHECK(refused->status == 503);
    CHECK(refused->header("Retry-After") == "1");
    CHECK(refused->header("Connection") == "close");
    CHECK(refused->body.find("\"code\":\"overloaded\"") != std::string::npos);
    third.half_close();
    CHECK(third.read_until_close() == "");
    CHECK(fixture.totals().connections_rejected == 1);
    fixture.logic.release_held();
    CHECK(first.read_response()->status == 200);
    CHECK(second.read_response()->status == 200);
    first.close();
    CHECK(fixture.eventually([&] { return fixture.client().ask(good_request)->status == 200; }));
  }

  TEST_CASE("fault 25: the connection that has been idle longest makes place for a new one") {
    ListenerConfig config = HttpFixture::usual_config();
    config.max_connections = 2;
    config.idle_timeout = std::chrono::seconds(60);
    HttpFixture fixture(config);
    RawClient oldest = fixture.client();
    REQUIRE(oldest.ask(good_request)->status == 200);
    RawClient younger = fixture.client();
    REQUIRE(younger.ask(good_request)->status == 200);
    RawClient newest = fixture.client();
    CHECK(newest.ask(good_request)->status == 200);
    CHECK(oldest.read_until_close() == "");
    CHECK(younger.ask(good_request)->status == 200);
    CHECK(fixture.totals().connections_evicted == 1);
  }

  TEST_CASE("fault 26: without descriptors accepting pauses, and goes on when some come back") {
    HttpFixture fixture;
    RawClient existing = fixture.client();
    REQUIRE(existing.ask(good_request)->status == 200);
    RawClient refused;
    RawClient later;
    {
      const DescriptorShortage shortage;
      REQUIRE(refused.connect(fixture.port()));
      CHECK(refused.read_until_close().has_value());
      CHECK(existing.ask(good_request)->status == 200);
      CHECK(fixture.totals().accept_errors_no_descriptor >= 1);
    }
    REQUIRE(later.connect(fixture.port()));
    CHECK(later.ask(good_request)->status == 200);
  }

  TEST_CASE("fault 28: a client that resets its connection abandons its request") {
    HttpFixture fixture;
    RawClient client = fixture.client();
    REQUIRE(client.send(hold_request));
    REQUIRE(fixture.logic.wait_held());
    CHECK_FALSE(fixture.logic.held_are_abandoned());
    client.reset();
    CHECK(fixture.eventually([&] { return fixture.logic.held_are_abandoned(); }));
    CHECK(fixture.totals().client_gone == 1);
    fixture.logic.release_held();
    CHECK(fixture.logic.wait_finished(1));
  }

  TEST_CASE("fault 28: a client that closes in good order is found out as well") {
    HttpFixture fixture;
    RawClient client = fixture.client();
    REQUIRE(client.send(hold_request));
    REQUIRE(fixture.logic.wait_held());
    client.close();
    CHECK(fixture.eventually([&] { return fixture.logic.held_are_abandoned(); }));
    CHECK(fixture.totals().client_gone == 1);
    fixture.logic.release_held();
  }

  TEST_CASE("a client that has only sent its last byte still gets its answers") {
    HttpFixture fixture;
    RawClient client = fixture.client();
    REQUIRE(client.send(good_request + good_request + hold_request + good_request));
    client.half_close();
    CHECK(client.read_response()->status == 200);
    CHECK(client.read_response()->status == 200);
    REQUIRE(fixture.logic.wait_held());
    // The host asks whether anybody is there, so it has seen the end of what is sent.
    CHECK(client.read_response()->status == 100);
    fixture.logic.release_held();
    CHECK(client.read_response()->body == "released");
    CHECK(client.read_response()->header("Connection") == "close");
    CHECK(client.read_until_close() == "");
  }

  TEST_CASE("a client that waits half-closed is asked once whether it is there, and answered") {
    HttpFixture fixture;
    RawClient client = fixture.client();
    REQUIRE(client.send(hold_request));
    REQUIRE(fixture.logic.wait_held());
    client.half_close();
    CHECK(client.read_response()->status == 100);
    CHECK_FALSE(fixture.logic.held_are_abandoned());
    fixture.logic.release_held();
    CHECK(client.read_response()->body == "released");
    CHECK(client.read_until_close() == "");
  }

  TEST_CASE("connections are counted by what they do, and none is left") {
    HttpFixture fixture;
    const auto in = [&](HttpPhase phase) {
      return fixture.totals().connections[static_cast<std::size_t>(phase)];
    };
    RawClient held = fixture.client();
    REQUIRE(held.send(hold_request));
    REQUIRE(fixture.logic.wait_held());
    CHECK(in(HttpPhase::kInFlight) == 1);
    fixture.logic.release_held();
    REQUIRE(held.read_response().has_value());
    held.close();
    CHECK(fixture.eventually([&] { return in(HttpPhase::kInFlight) + in(HttpPhase::kHead) == 0; }));
  }
}

}  // namespace
}  // namespace backplane::host
