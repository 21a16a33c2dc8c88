#include "host/plugin/loaded_handler.hpp"

#include <array>
#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "tests/unit/plugin/fake_handler.hpp"

namespace backplane::host {
namespace {

bool says(const Exchange& exchange, std::string_view words) {
  return exchange.response.body.find(words) != std::string::npos;
}

}  // namespace

TEST_SUITE("plugin") {
  TEST_CASE("LoadedHandler: a handler sees the request and its answer arrives") {
    FakeHandler fake;
    Exchange exchange;
    exchange.request.method = "POST";
    exchange.request.path = "/a%20b";
    exchange.request.query = "x=1";
    exchange.request.body = std::string_view("\0\xff", 2);
    exchange.request.content_type = "text/plain";
    exchange.request.headers = {{"A", "1"}, {"B", "2"}};
    exchange.request.request_id = "id-1";
    exchange.request.deadline = TimePoint(std::chrono::nanoseconds(12345));
    fake.script.execute = [](const bp_host& host, bp_call* const* calls, std::uint32_t n) {
      CHECK(n == 1);
      const bp_request& request = *host.call_request(calls[0]);
      CHECK(request.struct_size == sizeof(bp_request));
      CHECK(view_of(request.method) == "POST");
      CHECK(view_of(request.path) == "/a%20b");
      CHECK(view_of(request.query) == "x=1");
      CHECK(view_of(request.body) == std::string_view("\0\xff", 2));
      CHECK(view_of(request.content_type) == "text/plain");
      CHECK(view_of(request.trace_id) == "id-1");
      CHECK(request.deadline_ns == 12345);
      REQUIRE(request.header_count == 2);
      CHECK(view_of(request.headers[1].key) == "B");
      CHECK(view_of(request.headers[1].value) == "2");
      CHECK(host.call_cancelled(calls[0]) == 0);
      const std::array<bp_kv, 2> headers{{{to_bp_str("Set-Cookie"), to_bp_str("a=1")},
                                          {to_bp_str("Set-Cookie"), to_bp_str("b=2")}}};
      CHECK(host.call_head(calls[0], 201, headers.data(), 2) == BP_OK);
      CHECK(host.call_write(calls[0], "he", 2, BP_WRITE_MORE) == BP_OK);
      CHECK(host.call_write(calls[0], "llo", 3, 0) == BP_OK);
      host.call_complete(calls[0], BP_OK, {});
      return BP_OK;
    };
    auto instance = fake.instance();
    REQUIRE(instance.ok());
    run(*instance.value(), exchange);
    CHECK(exchange.response.status == 201);
    CHECK(exchange.response.body == "hello");
    CHECK(exchange.response.headers.wire() == "Set-Cookie: a=1\r\nSet-Cookie: b=2\r\n");
    CHECK(fake.counts().violations == 0);
  }

  TEST_CASE("LoadedHandler: an internal error's words are shown only on demand") {
    FakeHandler fake;
    fake.script.execute = [](const bp_host&, bp_call* const*, std::uint32_t) -> bp_status {
      throw std::runtime_error("secret");
    };
    Exchange exchange;
    auto closed = fake.instance();
    REQUIRE(closed.ok());
    run(*closed.value(), exchange);
    CHECK(says(exchange, "handler 'fake' failed"));
    CHECK_FALSE(says(exchange, "secret"));
    auto open = fake.instance(1000, true);
    REQUIRE(open.ok());
    run(*open.value(), exchange);
    CHECK(says(exchange, "secret"));
  }

  TEST_CASE(
      "LoadedHandler: what crosses the border is caught, and the replica goes on (rows 30, 31)") {
    FakeHandler fake(BP_HF_BATCH);
    bool fail = true;
    fake.script.execute = [&](const bp_host& host, bp_call* const* calls, std::uint32_t n) {
      reply(host, calls[0], "first");
      if (fail) throw 42;  // NOLINT: foreign code throws what it likes
      for (std::uint32_t i = 1; i < n; ++i) reply(host, calls[i], "other");
      return BP_OK;
    };
    auto instance = fake.instance();
    REQUIRE(instance.ok());
    Exchange a;
    Exchange b;
    run(*instance.value(), a, b);
    CHECK(a.response.body == "first");
    CHECK(b.response.status == 500);
    CHECK(says(b, "handler_error"));
    fail = false;
    run(*instance.value(), a, b);
    CHECK(b.response.status == 200);
    CHECK(b.response.body == "other");
  }

  TEST_CASE("LoadedHandler: calls left open are answered, and counted (row 32)") {
    for (const bool batch : {false, true}) {
      CAPTURE(batch);
      FakeHandler fake(batch ? BP_HF_BATCH : 0);
      fake.script.execute = [](const bp_host&, bp_call* const*, std::uint32_t) { return BP_OK; };
      auto instance = fake.instance();
      REQUIRE(instance.ok());
      Exchange exchange;
      run(*instance.value(), exchange);
      CHECK(exchange.response.status == 500);
      CHECK(says(exchange, batch ? "batch_size_mismatch" : "handler_contract"));
      CHECK(fake.counts().violations == 1);
    }
  }

  TEST_CASE("LoadedHandler: a status from execute answers what was not completed") {
    FakeHandler fake(BP_HF_BATCH);
    fake.script.execute = [](const bp_host& host, bp_call* const* calls, std::uint32_t) {
      reply(host, calls[1], "done");
      return BP_UNAVAILABLE;
    };
    auto instance = fake.instance();
    REQUIRE(instance.ok());
    Exchange a;
    Exchange b;
    run(*instance.value(), a, b);
    CHECK(a.response.status == 503);
    CHECK(b.response.status == 200);
    CHECK(b.response.body == "done");
  }

  TEST_CASE("LoadedHandler: of two completions that meet one wins, whole (row 43)") {
    FakeHandler fake;
    fake.script.execute = [](const bp_host& host, bp_call* const* calls, std::uint32_t) {
      std::thread other([&] { host.call_complete(calls[0], BP_INVALID, to_bp_str("no")); });
      host.call_complete(calls[0], BP_NOT_FOUND, to_bp_str("where"));
      other.join();
      return BP_OK;
    };
    auto instance = fake.instance();
    REQUIRE(instance.ok());
    for (std::uint64_t round = 1; round <= 200; ++round) {
      Exchange exchange;
      run(*instance.value(), exchange);
      const bool first = exchange.response.status == 400 && says(exchange, "\"no\"");
      const bool second = exchange.response.status == 404 && says(exchange, "\"where\"");
      CHECK_MESSAGE((first || second), exchange.response.body);
      CHECK(fake.counts().double_completions == round);
    }
  }

  TEST_CASE("LoadedHandler: the first completion wins (row 43)") {
    FakeHandler fake;
    bp_call* late = nullptr;
    fake.script.execute = [&](const bp_host& host, bp_call* const* calls, std::uint32_t) {
      // A handle of the request before must not reach this one.
      if (late != nullptr) {
        host.call_complete(late, BP_INTERNAL, {});
        CHECK(host.call_write(late, "x", 1, 0) == BP_CONTRACT);
        CHECK(host.call_alloc(late, 1) == nullptr);
        CHECK(host.call_cancelled(late) != 0);
        CHECK(host.call_request(late)->header_count == 0);
      }
      reply(host, calls[0], "first");
      host.call_complete(calls[0], BP_INTERNAL, to_bp_str("second"));
      late = calls[0];
      return BP_OK;
    };
    auto instance = fake.instance();
    REQUIRE(instance.ok());
    Exchange exchange;
    run(*instance.value(), exchange);
    CHECK(exchange.response.body == "first");
    CHECK(fake.counts().double_completions == 1);
    run(*instance.value(), exchange);
    CHECK(exchange.response.body == "first");
    CHECK(fake.counts().double_completions == 3);
    CHECK(fake.counts().violations == 1);
  }

  TEST_CASE("LoadedHandler: an abandoned request is shown as cancelled") {
    FakeHandler fake;
    fake.script.execute = [](const bp_host& host, bp_call* const* calls, std::uint32_t) {
      CHECK(host.call_cancelled(calls[0]) != 0);
      CHECK(host.call_write(calls[0], "x", 1, 0) == BP_CANCELLED);
      host.call_complete(calls[0], BP_CANCELLED, {});
      return BP_OK;
    };
    auto instance = fake.instance();
    REQUIRE(instance.ok());
    Exchange exchange;
    exchange.abandon();
    run(*instance.value(), exchange);
    CHECK(exchange.response.status == 499);
  }
}

}  // namespace backplane::host
