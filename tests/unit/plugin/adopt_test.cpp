#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <doctest/doctest.h>

#include "host/plugin/call_slot.hpp"
#include "tests/unit/plugin/fake_handler.hpp"

namespace backplane::host {
namespace {

constexpr std::size_t kLarge = 20'000;
constexpr std::uint64_t kLimit = 100'000;

// A plugin's buffer, and how often it was given back.
struct Lent {
  std::string bytes = std::string(kLarge, 'x');
  int released = 0;

  static void release(void* user) { ++static_cast<Lent*>(user)->released; }
  AdoptedBytes adopted() { return {bytes, release, this, nullptr}; }
};

struct Begun {
  Lent lent;
  Exchange exchange;
  CallSlot slot;

  explicit Begun(std::size_t room = 0) { slot.begin(exchange, kLimit, room); }
  bp_status adopt(std::uint32_t flags = 0) { return slot.adopt(lent.adopted(), flags); }
  const HttpResponse& response() const { return exchange.response; }
};

const bp_adopt& adopt_of(const bp_host& host) {
  const auto* table =
      static_cast<const bp_adopt*>(host.get_extension(host.ctx, BP_ADOPT_EXTENSION));
  REQUIRE(BP_HAS(table, bp_adopt, write_owned));
  return *table;
}

}  // namespace

TEST_SUITE("plugin") {
  TEST_CASE("adopt: the body of the answer is the plugin's memory, until the answer goes") {
    Begun call;
    CHECK(call.adopt() == BP_OK);
    CHECK_FALSE(call.slot.finish().has_value());
    CHECK(call.response().content().data() == call.lent.bytes.data());
    CHECK(call.response().content().size() == kLarge);
    CHECK(call.lent.released == 0);
    call.exchange.reset();
    CHECK(call.lent.released == 1);
    CHECK(call.response().content().empty());
  }

  TEST_CASE("adopt: what travels on travels without a copy, and is given back once") {
    Lent lent;
    {
      AdoptedBytes moved = lent.adopted();
      AdoptedBytes other(std::move(moved));
      moved = std::move(other);
      CHECK(moved.view().data() == lent.bytes.data());
      CHECK(lent.released == 0);
    }
    CHECK(lent.released == 1);
  }

  TEST_CASE("adopt: what the plugin is loaded by is kept until the bytes are given back") {
    auto code = std::make_shared<int>();
    const std::weak_ptr<int> loaded = code;
    struct Seen {
      std::weak_ptr<int> code;
      bool loaded = false;
    } seen{loaded};
    const auto look = [](void* user) {
      Seen& at_release = *static_cast<Seen*>(user);
      at_release.loaded = !at_release.code.expired();
    };
    AdoptedBytes bytes("bytes", look, &seen, std::move(code));
    CHECK_FALSE(loaded.expired());
    bytes.reset();
    CHECK(seen.loaded);
    CHECK(loaded.expired());
  }

  TEST_CASE("adopt: bytes that are copied or refused are given back at once") {
    Begun call;
    SUBCASE("few") {
      call.lent.bytes = "few";
      CHECK(call.adopt() == BP_OK);
      CHECK(call.response().body == "few");
    }
    SUBCASE("behind others") {
      CHECK(call.slot.write("<", 1) == BP_OK);
      CHECK(call.adopt() == BP_OK);
      CHECK(call.response().body == "<" + call.lent.bytes);
    }
    SUBCASE("before others") {
      CHECK(call.adopt() == BP_OK);
      CHECK(call.lent.released == 0);
      CHECK(call.slot.write(">", 1) == BP_OK);
      CHECK(call.response().content() == call.lent.bytes + ">");
    }
    SUBCASE("more to come, of a handler that does not stream") {
      CHECK(call.adopt(BP_WRITE_MORE) == BP_OK);
      CHECK(call.response().body == call.lent.bytes);
    }
    SUBCASE("too many") {
      call.lent.bytes.resize(kLimit + 1);
      CHECK(call.adopt() == BP_EXHAUSTED);
      CHECK(call.slot.finish()->reason() == "response_too_large");
    }
    SUBCASE("nobody waits") {
      call.exchange.abandon();
      CHECK(call.adopt() == BP_CANCELLED);
    }
    SUBCASE("past the deadline") {
      call.exchange.request.deadline = Clock::now();
      call.exchange.abandon();
      CHECK(call.adopt() == BP_DEADLINE);
    }
    SUBCASE("nowhere") {
      CHECK(call.slot.adopt(
                {{static_cast<const char*>(nullptr), kLarge}, Lent::release, &call.lent, nullptr},
                0) == BP_CONTRACT);
    }
    SUBCASE("an answer that has no body") {
      CHECK(call.slot.set_head(204, nullptr, 0) == BP_OK);
      CHECK(call.adopt() == BP_OK);
      CHECK_FALSE(call.slot.finish().has_value());
      CHECK(call.response().content().empty());
    }
    CHECK(call.lent.released == 1);
    call.exchange.reset();
    CHECK(call.lent.released == 1);
  }

  TEST_CASE("adopt: what would be too much with what follows is refused as ever") {
    Begun call;
    const std::string rest(kLimit - kLarge + 1, 'y');
    CHECK(call.adopt() == BP_OK);
    CHECK(call.slot.write(rest.data(), rest.size()) == BP_EXHAUSTED);
    CHECK(call.slot.finish()->reason() == "response_too_large");
  }

  TEST_CASE("adopt: of an answer that fails, the bytes are given back") {
    Lent lent;
    FakeHandler fake;
    fake.script.execute = [&lent](const bp_host& host, bp_call* const* calls, std::uint32_t) {
      CHECK(adopt_of(host).write_owned(calls[0], lent.bytes.data(), kLarge, 0, Lent::release,
                                       &lent) == BP_OK);
      CHECK(lent.released == 0);
      host.call_complete(calls[0], BP_UNAVAILABLE, to_bp_str("not now"));
      return bp_status{BP_OK};
    };
    auto instance = fake.instance(kLimit);
    REQUIRE(instance.ok());
    Exchange exchange;
    run(*instance.value(), exchange);
    CHECK(exchange.response.status == 503);
    CHECK(lent.released == 1);
  }

  TEST_CASE("adopt: a call that is complete takes nothing, gives it back and counts") {
    Lent lent;
    FakeHandler fake;
    fake.script.execute = [&lent](const bp_host& host, bp_call* const* calls, std::uint32_t) {
      reply(host, calls[0], "done");
      CHECK(adopt_of(host).write_owned(calls[0], lent.bytes.data(), kLarge, 0, Lent::release,
                                       &lent) == BP_CONTRACT);
      return bp_status{BP_OK};
    };
    auto instance = fake.instance(kLimit);
    REQUIRE(instance.ok());
    Exchange exchange;
    run(*instance.value(), exchange);
    CHECK(exchange.response.content() == "done");
    CHECK(lent.released == 1);
    CHECK(fake.counts().violations == 1);
  }

  TEST_CASE("adopt: constants of a plugin have nobody to tell") {
    FakeHandler fake;
    const std::string constant(kLarge, 'c');
    fake.script.execute = [&constant](const bp_host& host, bp_call* const* calls, std::uint32_t) {
      CHECK(adopt_of(host).write_owned(calls[0], constant.data(), kLarge, 0, nullptr, nullptr) ==
            BP_OK);
      host.call_complete(calls[0], BP_OK, {});
      return bp_status{BP_OK};
    };
    auto instance = fake.instance(kLimit);
    REQUIRE(instance.ok());
    Exchange exchange;
    run(*instance.value(), exchange);
    CHECK(exchange.response.content().data() == constant.data());
  }
}

}  // namespace backplane::host
