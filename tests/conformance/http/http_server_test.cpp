#include "host/http/http_server.hpp"

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "tests/conformance/http/http_fixture.hpp"

namespace backplane::host {
namespace {

const std::string good_request = "GET /echo HTTP/1.1\r\nHost: h\r\n\r\n";
const std::string hold_request = "GET /hold HTTP/1.1\r\nHost: h\r\n\r\n";

Error start_error(const ListenerConfig& config) {
  TestLogic logic;
  auto started = HttpServer::start(
      config, "bp-io", [](unsigned) { return std::unique_ptr<HttpHandler>(); }, 1);
  REQUIRE_FALSE(started.ok());
  return std::move(started).error();
}

TEST_SUITE("http") {
  TEST_CASE("HttpServer: a handler knows who asks") {
    HttpFixture fixture;
    RawClient client;
    REQUIRE(client.connect_from(0x7f000003, fixture.port()));
    const auto answer = client.ask("GET /peer HTTP/1.1\r\nHost: h\r\n\r\n");
    REQUIRE(answer.has_value());
    CHECK(answer->body.starts_with("127.0.0.3:"));
  }

  TEST_CASE("HttpServer: a handler may take its time to refuse a body that it does not want") {
    HttpFixture fixture;
    RawClient client = fixture.client();
    REQUIRE(client.send("POST /later HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\nx"));
    REQUIRE(fixture.logic.wait_held());
    REQUIRE(client.send("more of it"));
    fixture.logic.release_held();
    const auto answer = client.read_response();
    REQUIRE(answer.has_value());
    CHECK(answer->body == "released");
    CHECK(answer->header("Connection") == "close");
    // What followed was no request.
    CHECK(client.read_until_close() == "");
    CHECK_FALSE(client.was_reset());
    CHECK(fixture.logic.wait_finished(1));
    CHECK(fixture.totals().requests == 1);
  }

  TEST_CASE("HttpServer: a port in use is named, even where both sides would share it") {
    ListenerConfig config = HttpFixture::usual_config();
    config.io_threads = 2;
    HttpFixture fixture(config);
    config.port = fixture.port();
    for (const unsigned threads : {1U, 2U}) {
      config.io_threads = threads;
      const Error error = start_error(config);
      CHECK(error.reason() == "port_in_use");
      CHECK(error.message() ==
            "port " + std::to_string(fixture.port()) + " of 127.0.0.1 is in use");
    }
  }

  TEST_CASE("HttpServer: an address that is none, or not ours, is named") {
    ListenerConfig config;
    config.address = "localhost";
    CHECK(start_error(config).message() == "'localhost' is not an IPv4 or IPv6 address");
    config.address = "192.0.2.1";
    CHECK(start_error(config).message() == "'192.0.2.1' is not an address of this machine");
  }

  TEST_CASE("HttpServer: several io threads share one port") {
    ListenerConfig config = HttpFixture::usual_config();
    config.io_threads = 3;
    HttpFixture fixture(config);
    for (int i = 0; i < 50; ++i) CHECK(fixture.client().ask(good_request)->status == 200);
    CHECK(fixture.totals().accepted == 50);
    CHECK(fixture.totals().requests == 50);
  }

  TEST_CASE("HttpServer: a deadline that passes is answered 504 by the server itself") {
    HttpFixture fixture;
    RawClient client = fixture.client();
    const auto answer = client.ask("GET /hold HTTP/1.1\r\nHost: h\r\nX-Deadline-Ms: 50\r\n\r\n");
    REQUIRE(answer.has_value());
    CHECK(answer->status == 504);
    CHECK(answer->body.find("deadline_exceeded") != std::string::npos);
    CHECK(answer->header("Connection") == "close");
    CHECK(fixture.logic.held_are_abandoned());
    client.half_close();
    CHECK(client.read_until_close() == "");
    fixture.logic.release_held();
    CHECK(fixture.logic.wait_finished(1));
  }

  TEST_CASE("HttpServer: draining lets requests finish and tells clients to go") {
    HttpFixture fixture;
    RawClient held = fixture.client();
    REQUIRE(held.send(hold_request));
    REQUIRE(fixture.logic.wait_held());
    RawClient served = fixture.client();
    REQUIRE(served.ask(good_request)->status == 200);
    fixture.server->begin_drain();
    CHECK_FALSE(fixture.server->wait_drained(Clock::now()));
    // Just served: its next request may have been under way already.
    const auto last = served.ask(good_request);
    REQUIRE(last.has_value());
    CHECK(last->status == 200);
    CHECK(last->header("Connection") == "close");
    fixture.logic.release_held();
    const auto released = held.read_response();
    REQUIRE(released.has_value());
    CHECK(released->header("Connection") == "close");
    held.close();
    served.close();
    CHECK(fixture.server->wait_drained(Clock::now() + RawClient::kWait));
    CHECK_FALSE(RawClient(fixture.port()).connected());
  }

  TEST_CASE("HttpServer: draining closes idle connections after a grace") {
    ListenerConfig config = HttpFixture::usual_config();
    config.idle_timeout = std::chrono::seconds(60);
    HttpFixture fixture(config);
    RawClient idle = fixture.client();
    REQUIRE(idle.ask(good_request)->status == 200);
    fixture.server->begin_drain();
    CHECK(idle.read_until_close() == "");
    idle.close();
    CHECK(fixture.server->wait_drained(Clock::now() + RawClient::kWait));
  }

  TEST_CASE("HttpServer: stop() answers what is with handlers 503 and outlives their answers") {
    HttpFixture fixture;
    RawClient held = fixture.client();
    REQUIRE(held.send(hold_request));
    REQUIRE(fixture.logic.wait_held());
    fixture.server->stop();
    const auto answer = held.read_response();
    REQUIRE(answer.has_value());
    CHECK(answer->status == 503);
    CHECK(answer->body.find("shutting_down") != std::string::npos);
    CHECK(fixture.logic.held_are_abandoned());
    fixture.logic.release_held();
    fixture.server.reset();
    CHECK(fixture.logic.wait_finished(1));
  }

  // The first stress test to write (performance.md 1): the exchange is with another thread while
  // its connection goes away.
  TEST_CASE("HttpServer: clients that close while their requests are out do no harm") {
    ListenerConfig config = HttpFixture::usual_config();
    config.io_threads = 2;
    HttpFixture fixture(config);
    std::atomic<bool> done{false};
    std::thread replica([&] {
      while (!done.load()) {
        fixture.logic.release_held();
        std::this_thread::yield();
      }
    });
    const std::string pipeline = hold_request + hold_request + good_request;
    INFO("seed 7");
    Random random(7);
    for (int i = 0; i < 600; ++i) {
      RawClient client = fixture.client();
      if (!client.connected()) continue;
      client.send(i % 3 == 0 ? pipeline : hold_request);
      switch (random.below(4)) {
        case 0:
          client.reset();
          break;
        case 1:
          client.close();
          break;
        case 2:
          client.half_close();
          client.read_response();
          break;
        default:
          client.read_response();
          client.reset();
          break;
      }
    }
    CHECK(fixture.client().ask(good_request)->status == 200);
    fixture.server->begin_drain();
    CHECK(fixture.server->wait_drained(Clock::now() + RawClient::kWait));
    done.store(true);
    replica.join();
    const HttpTotals totals = fixture.totals();
    for (const std::uint64_t connections : totals.connections) CHECK(connections == 0);
  }
}

}  // namespace
}  // namespace backplane::host
