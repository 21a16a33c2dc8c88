#include "host/plugin/log_scope.hpp"

#include <string>
#include <thread>

#include <doctest/doctest.h>

#include "host/base/log_line.hpp"
#include "tests/unit/plugin/fake_handler.hpp"

namespace backplane::host {
namespace {

std::string fields() {
  return log_fields(LogScope::fields());
}

}  // namespace

TEST_SUITE("plugin") {
  TEST_CASE("LogScope: it holds for its thread, and the inner one counts") {
    const LogPlace place{.backend = "hits", .generation = 3, .replica = 1};
    RequestId id;
    id = "id-1";
    CHECK(fields().empty());
    {
      const LogScope outer(place);
      CHECK(fields() == " backend=hits replica=1 generation=3");
      {
        const LogScope inner(place, id, 1);
        id.clear();
        CHECK(fields() == " backend=hits replica=1 generation=3 request=id-1");
        std::string elsewhere = "not asked";
        std::thread([&elsewhere] { elsewhere = fields(); }).join();
        CHECK(elsewhere.empty());
      }
      CHECK(fields() == " backend=hits replica=1 generation=3");
    }
    CHECK(fields().empty());
  }

  TEST_CASE("LogScope: every call into a plugin is in one, and requests are in execute's") {
    constexpr const char* kPlace = " backend=tag replica=2 generation=7";
    FakeHandler fake(BP_HF_BATCH);
    std::string seen;
    const auto see = [&seen](auto&&...) {
      seen = fields();
      return BP_OK;
    };
    const auto taken = [&seen] { return std::exchange(seen, "nothing"); };
    fake.script.create = see;
    fake.script.reconfigure = see;
    fake.script.health = see;
    fake.script.save = see;
    fake.script.restore = see;
    fake.script.warm_up = see;
    fake.script.execute = [&seen](const bp_host& host, bp_call* const* calls, std::uint32_t n) {
      seen = fields();
      for (std::uint32_t i = 0; i < n; ++i) reply(host, calls[i], "x");
      return BP_OK;
    };
    auto instance = fake.instance();
    REQUIRE(instance.ok());
    CHECK(taken() == kPlace);
    CHECK(instance.value()->reconfigure("{}").ok());
    CHECK(taken() == kPlace);
    CHECK(instance.value()->health().ok());
    CHECK(taken() == kPlace);
    CHECK(instance.value()->save_state().ok());
    CHECK(taken() == kPlace);
    CHECK(instance.value()->restore_state({}).ok());
    CHECK(taken() == kPlace);
    CHECK(instance.value()->warm_up().ok());
    CHECK(taken() == kPlace);
    Exchange first;
    first.request.request_id = "id-1";
    run(*instance.value(), first);
    CHECK(taken() == std::string(kPlace) + " request=id-1");
    Exchange again;
    again.request.request_id = "id-2";
    Exchange second;
    run(*instance.value(), again, second);
    CHECK(taken() == std::string(kPlace) + " request=id-2 batch=2");
    CHECK(fields().empty());
  }
}

}  // namespace backplane::host
