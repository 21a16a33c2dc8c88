#include "host/plugin/call_slot.hpp"

#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "host/base/thread.hpp"
#include "host/plugin/abi_bridge.hpp"
#include "tests/support/test_exchange.hpp"

namespace backplane::host {
namespace {

// A slot that has begun, with bodies of up to ten bytes.
struct Begun {
  Exchange exchange;
  CallSlot slot;

  Begun() { slot.begin(exchange, 10); }
  bp_status head(std::uint32_t status, std::string_view name, std::string_view value) {
    const bp_kv header{to_bp_str(name), to_bp_str(value)};
    return slot.set_head(status, &header, 1);
  }
  // "sent", or the reason why not.
  std::string outcome() {
    const auto error = slot.finish();
    return error ? std::string(error->reason()) : "sent";
  }
};

}  // namespace

TEST_SUITE("plugin") {
  TEST_CASE("CallSlot: headers that belong to the host are refused (row 34)") {
    for (const char* name : {"Content-Length", "transfer-encoding", "CONNECTION", "Date",
                             "Keep-Alive", "Upgrade", "X-Request-Id"}) {
      CAPTURE(name);
      Begun call;
      CHECK(call.head(200, name, "1") == BP_INVALID);
      CHECK(call.slot.write("body", 4) == BP_OK);
      CHECK(call.outcome() == "bad_handler_response");
      CHECK(call.exchange.response.headers.empty());
    }
  }

  TEST_CASE("CallSlot: headers that HTTP forbids are refused (row 34)") {
    const std::vector<std::pair<std::string, std::string>> forbidden = {
        {"A", "x\r\nB: y"}, {"A", std::string("x\0y", 3)}, {"A B", "x"}, {"", "x"}, {"A:", "x"}};
    for (const auto& header : forbidden) {
      CAPTURE(header.first);
      Begun call;
      CHECK(call.head(200, header.first, header.second) == BP_INVALID);
      CHECK(call.outcome() == "bad_handler_response");
    }
  }

  TEST_CASE("CallSlot: a head is judged for itself, whatever the one before it was") {
    using Fields = std::vector<std::pair<std::string, std::string>>;
    const Fields good = {{"A", "x"}, {"B", "y"}};
    const std::vector<Fields> others = {
        {{"A", "x"}},                           // fewer
        {{"A", "x"}, {"B", "y"}, {"C", "z"}},   // more
        {{"B", "y"}, {"A", "x"}},               // in another order
        {{"A", "x"}, {"B", "z"}},               // another value
        {{"A", "xx"}, {"B", "y"}},              // a longer one
        {{"A", "x\r\nB: y"}},                   // the same bytes as one field
        {{"A", "x\r\n"}, {"B", "y"}},           // nearly the same bytes
        {{"A", "x"}, {"Connection", "close"}},  // the host's
    };
    for (std::size_t i = 0; i < others.size(); ++i) {
      CAPTURE(i);
      Begun call;
      const auto head = [&call](const Fields& fields) {
        std::vector<bp_kv> raw;
        for (const auto& [name, value] : fields) raw.push_back({to_bp_str(name), to_bp_str(value)});
        return call.slot.set_head(200, raw.data(), static_cast<std::uint32_t>(raw.size()));
      };
      REQUIRE(head(good) == BP_OK);
      Headers fresh;
      bool allowed = i != others.size() - 1;
      for (const auto& [name, value] : others[i]) allowed = fresh.add(name, value) && allowed;
      for (int times = 0; times < 2; ++times) {
        call.exchange.response.clear();
        call.slot.begin(call.exchange, 10);
        REQUIRE(head(others[i]) == (allowed ? BP_OK : BP_INVALID));
        if (allowed) CHECK(call.exchange.response.headers.wire() == fresh.wire());
        CHECK(call.exchange.response.headers.empty() == !allowed);
      }
    }
  }

  TEST_CASE("CallSlot: a status out of range is refused, and may be set right (row 35)") {
    Begun call;
    for (const std::uint32_t status : {0U, 100U, 199U, 600U, 999U, ~0U}) {
      CAPTURE(status);
      CHECK(call.slot.set_head(status, nullptr, 0) == BP_INVALID);
    }
    CHECK(call.slot.set_head(599, nullptr, 0) == BP_OK);
    CHECK(call.outcome() == "sent");
    CHECK(call.exchange.response.status == 599);
  }

  TEST_CASE("CallSlot: the head is set once, and before the body") {
    Begun twice;
    CHECK(twice.head(201, "A", "1") == BP_OK);
    CHECK(twice.head(202, "B", "2") == BP_CONTRACT);
    CHECK(twice.exchange.response.status == 201);
    CHECK(twice.exchange.response.headers.size() == 1);
    Begun late;
    CHECK(late.slot.write("x", 1) == BP_OK);
    CHECK(late.head(201, "A", "1") == BP_CONTRACT);
    Begun none;
    CHECK(none.slot.set_head(200, nullptr, 3) == BP_CONTRACT);
  }

  TEST_CASE("CallSlot: an answer over the limit is not kept (row 33)") {
    Begun call;
    CHECK(call.slot.write("0123456789", 10) == BP_OK);
    CHECK(call.slot.write("x", 1) == BP_EXHAUSTED);
    CHECK(call.exchange.response.body.size() == 10);
    CHECK(call.outcome() == "response_too_large");
    Begun negative;
    CHECK(negative.slot.write("x", ~std::uint64_t{0}) == BP_EXHAUSTED);
    CHECK(negative.outcome() == "response_too_large");
    Begun nowhere;
    CHECK(nowhere.slot.write(nullptr, 1) == BP_CONTRACT);
    CHECK(nowhere.slot.write(nullptr, 0) == BP_OK);
    CHECK(nowhere.outcome() == "sent");
  }

  TEST_CASE("CallSlot: answers that have no body lose it (row 35)") {
    for (const std::uint32_t status : {204U, 304U}) {
      Begun call;
      CHECK(call.slot.set_head(status, nullptr, 0) == BP_OK);
      CHECK(call.slot.write("body", 4) == BP_OK);
      CHECK(call.outcome() == "sent");
      CHECK(call.exchange.response.status == status);
      CHECK(call.exchange.response.body.empty());
    }
  }

  TEST_CASE("CallSlot: a body built in lent memory is the answer") {
    Begun call;
    void* memory = call.slot.allocate(6);
    REQUIRE(memory != nullptr);
    std::memcpy(memory, "abcdef", 6);
    SUBCASE("whole") {
      CHECK(call.slot.write(memory, 6) == BP_OK);
      CHECK(call.outcome() == "sent");
      CHECK(call.exchange.response.body == "abcdef");
    }
    SUBCASE("piece by piece") {
      CHECK(call.slot.write(memory, 2) == BP_OK);
      CHECK(call.slot.write(static_cast<char*>(memory) + 2, 4) == BP_OK);
      CHECK(call.slot.write("!", 1) == BP_OK);
      CHECK(call.outcome() == "sent");
      CHECK(call.exchange.response.body == "abcdef!");
    }
    SUBCASE("after other bytes") {
      CHECK(call.slot.write("<", 1) == BP_OK);
      CHECK(call.slot.write(memory, 6) == BP_OK);
      CHECK(call.outcome() == "sent");
      CHECK(call.exchange.response.body == "<abcdef");
    }
    SUBCASE("and not used") {
      CHECK(call.outcome() == "sent");
      CHECK(call.exchange.response.body.empty());
    }
    SUBCASE("up to the limit") {
      CHECK(call.slot.allocate(5) == nullptr);
      CHECK(call.slot.allocate(4) != nullptr);
      CHECK(call.slot.allocate(1) == nullptr);
      CHECK(call.slot.allocate(~std::uint64_t{0}) == nullptr);
      CHECK(call.slot.write(memory, 6) == BP_OK);
      CHECK(call.slot.write("01234", 5) == BP_EXHAUSTED);
      CHECK(call.outcome() == "response_too_large");
    }
  }

  TEST_CASE("CallSlot: who is to stop may say its last words, and who is not waited for may not") {
    Begun call;
    CHECK_FALSE(call.slot.cancelled());
    call.exchange.recall();
    CHECK(call.slot.cancelled());
    CHECK(call.slot.write("last", 4) == BP_OK);
    call.exchange.abandon();
    CHECK(call.slot.cancelled());
    CHECK(call.slot.write("words", 5) == BP_CANCELLED);
    CHECK(call.outcome() == "sent");
    CHECK(call.exchange.response.body == "last");
  }

  TEST_CASE("CallSlot: on the thread that makes room, a write does not wait for it") {
    TestExchange exchange;
    exchange.request.deadline = Clock::now() + kPatience;
    CallSlot slot;
    slot.begin(exchange, 10, 4);
    REQUIRE(slot.write("full", 4, BP_WRITE_MORE) == BP_OK);
    bp_status said = BP_OK;
    Thread::start("test", ThreadRole::kIo, [&] { said = slot.write("more", 4, BP_WRITE_MORE); })
        .value()
        .join();
    CHECK(said == BP_EXHAUSTED);
    CHECK_FALSE(slot.finish().has_value());
    slot.pass_on(true);
  }

  TEST_CASE("CallSlot: nothing of one request is left for the next") {
    Begun call;
    CHECK(call.head(404, "A", "1") == BP_OK);
    CHECK(call.slot.write("0123456789x", 11) == BP_EXHAUSTED);
    CHECK(call.slot.finish().has_value());
    Exchange next;
    next.request.path = "/next";
    call.slot.begin(next, 10);
    CHECK(view_of(call.slot.request().path) == "/next");
    CHECK_FALSE(call.slot.finish().has_value());
    CHECK(next.response.status == 200);
    CHECK(next.response.headers.empty());
    CHECK(next.response.body.empty());
  }
}

}  // namespace backplane::host
