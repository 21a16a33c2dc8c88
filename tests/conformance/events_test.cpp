#include <chrono>
#include <cstddef>
#include <string>

#include <doctest/doctest.h>

#include "tests/support/host_fixture.hpp"
#include "tests/support/raw_client.hpp"

namespace backplane::host {
namespace {

// A reader of the events of one host.
class EventReader {
 public:
  explicit EventReader(std::uint16_t port, const std::string& version = "1.1") : client_(port) {
    REQUIRE(client_.send("GET /v1/events HTTP/" + version + "\r\nHost: localhost\r\n\r\n"));
    REQUIRE(wait_for(": events\n\n"));
  }
  // Blocks until `text` has come so many times. False when that takes over kPatience.
  bool wait_for(const std::string& text, std::size_t times = 1) {
    const TimePoint deadline = Clock::now() + kPatience;
    while (count(text) < times) {
      if (Clock::now() >= deadline) return false;
      all_ += client_.read_some(std::chrono::seconds(1));
    }
    return true;
  }
  std::size_t count(const std::string& text) const {
    std::size_t found = 0;
    for (std::size_t at = all_.find(text); at != std::string::npos; at = all_.find(text, at + 1)) {
      ++found;
    }
    return found;
  }
  const std::string& all() const { return all_; }
  RawClient& client() { return client_; }

 private:
  RawClient client_;
  std::string all_;
};

}  // namespace

TEST_SUITE("control") {
  TEST_CASE("events: a reader hears of revisions, operations, backends and rates") {
    HostFixture host({"hello"});
    EventReader reader(host.admin_port());
    CHECK(reader.all().find("Content-Type: text/event-stream\r\n") != std::string::npos);
    CHECK(reader.all().find("Transfer-Encoding: chunked\r\n") != std::string::npos);
    host.create_backend("a", "hello");
    CHECK(reader.wait_for("event: revision\n"));
    CHECK(reader.wait_for(R"(data: {"revision":1})"));
    CHECK(reader.wait_for("event: backend\n"));
    CHECK(reader.wait_for(R"({"tag":"a","state":"serving","generation":1,"replicas":1})"));
    CHECK(reader.wait_for("event: operation\n"));
    CHECK(reader.wait_for(R"("state":"succeeded")"));
    host.create_endpoint("e", "/e", R"({"a":1})");
    CHECK(host.get("/e").status() == 200);
    CHECK(reader.wait_for(R"("endpoints":{"e":{"requests":1,)"));
  }

  TEST_CASE("events: rates come once a second, also to those who leave and come back") {
    HostFixture host({"hello"});
    {
      EventReader first(host.admin_port());
      CHECK(first.wait_for("event: rates\n"));
      first.client().reset();
    }
    // Events that cannot be sent show that it has left.
    host.create_backend("a", "hello");
    const TimePoint began = Clock::now();
    EventReader reader(host.admin_port());
    // The first one may have been due; no stall makes the others come sooner.
    CHECK(reader.wait_for("event: rates\n", 3));
    CHECK(Clock::now() - began >= std::chrono::seconds(2));
  }

  TEST_CASE("events: a client of HTTP/1.0 reads them to the end of its connection") {
    HostFixture host({"hello"});
    EventReader reader(host.admin_port(), "1.0");
    CHECK(reader.all().find("Transfer-Encoding") == std::string::npos);
    CHECK(reader.all().find("Connection: close\r\n") != std::string::npos);
    host.create_backend("a", "hello");
    CHECK(reader.wait_for("event: revision\n"));
  }

  TEST_CASE("events: readers that leave, in whatever way, hold up nobody") {
    HostFixture host({"hello"});
    for (int i = 0; i < 20; ++i) {
      EventReader orderly(host.admin_port());
      EventReader abrupt(host.admin_port());
      abrupt.client().reset();
    }
    EventReader last(host.admin_port());
    host.create_backend("a", "hello");
    CHECK(last.wait_for("event: revision\n"));
  }

  TEST_CASE("events: the stream of a host that stops ends with its last chunk") {
    HostFixture host({"hello"});
    EventReader reader(host.admin_port());
    host.stop();
    CHECK(reader.wait_for("\r\n0\r\n\r\n"));
  }

  TEST_CASE("events: HEAD has the head alone") {
    HostFixture host({"hello"});
    const Answer answer = host.admin("HEAD", "/v1/events");
    CHECK(answer.status() == 200);
    CHECK(answer.header("Content-Type") == "text/event-stream");
    CHECK(host.admin("GET", "/healthz").status() == 200);
  }
}

}  // namespace backplane::host
