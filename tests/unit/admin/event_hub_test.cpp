#include "host/admin/event_hub.hpp"

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/support/test_exchange.hpp"

namespace backplane::host {
namespace {

void add(EventHub& hub, TestExchange& exchange) {
  PendingRequest reader(exchange);
  REQUIRE(hub.add(reader).ok());
}

void publish(EventHub& hub, std::uint64_t value) {
  hub.publish("revision", [value](JsonWriter& json) { json.member("revision", value); });
}

TEST_SUITE("admin") {
  TEST_CASE("EventHub: a reader is answered at once, and with each event as a piece") {
    TestExchange exchange;
    EventHub hub;
    add(hub, exchange);
    CHECK(exchange.completions() == 1);
    CHECK(exchange.response.more);
    CHECK(exchange.response.body == ": events\n\n");
    hub.resume(exchange);
    CHECK(exchange.completions() == 1);  // nothing to say yet
    publish(hub, 7);
    CHECK(exchange.completions() == 2);
    CHECK(exchange.response.body == "event: revision\nid: 1\ndata: {\"revision\":7}\n\n");
  }

  TEST_CASE("EventHub: what happens while a piece is on its way is the next piece") {
    TestExchange exchange;
    EventHub hub;
    add(hub, exchange);
    publish(hub, 1);
    publish(hub, 2);
    CHECK(exchange.completions() == 1);
    hub.resume(exchange);
    CHECK(exchange.completions() == 2);
    CHECK(exchange.response.body.find("id: 1\n") != std::string::npos);
    CHECK(exchange.response.body.find("id: 2\n") != std::string::npos);
  }

  TEST_CASE("EventHub: a reader that has left is let go of when it is next told something") {
    TestExchange exchange;
    EventHub hub;
    add(hub, exchange);
    exchange.abandon();
    hub.resume(exchange);
    CHECK_FALSE(hub.has_readers());
    CHECK_FALSE(exchange.response.more);
    CHECK(exchange.completions() == 2);
  }

  TEST_CASE("EventHub: a reader that reads nothing is cut off and costs a bounded backlog") {
    TestExchange exchange;
    EventHub hub;
    add(hub, exchange);
    const std::string large(EventHub::kMaxBacklog / 2, 'x');
    for (int i = 0; i < 3; ++i) {
      hub.publish("large", [&large](JsonWriter& json) { json.member("text", large); });
    }
    hub.resume(exchange);
    CHECK_FALSE(exchange.response.more);
    CHECK_FALSE(hub.has_readers());
  }

  TEST_CASE("EventHub: when it closes every reader's answer ends, now or when it is asked on") {
    TestExchange waiting;
    TestExchange sending;
    TestExchange late;
    EventHub hub;
    add(hub, waiting);
    hub.resume(waiting);
    add(hub, sending);
    hub.close();
    CHECK(waiting.completions() == 2);
    CHECK_FALSE(waiting.response.more);
    CHECK(sending.completions() == 1);
    hub.resume(sending);
    CHECK(sending.completions() == 2);
    CHECK_FALSE(sending.response.more);
    add(hub, late);
    CHECK(late.completions() == 1);
    CHECK_FALSE(late.response.more);
  }

  TEST_CASE("EventHub: there are only so many readers") {
    std::vector<std::unique_ptr<TestExchange>> readers;
    EventHub hub;
    for (std::size_t i = 0; i < EventHub::kMaxReaders; ++i) {
      add(hub, *readers.emplace_back(std::make_unique<TestExchange>()));
    }
    TestExchange one_more;
    PendingRequest reader(one_more);
    const Status refused = hub.add(reader);
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().reason() == "too_many_readers");
    CHECK(reader.valid());
  }
}

}  // namespace
}  // namespace backplane::host
