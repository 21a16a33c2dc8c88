#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "tests/unit/plugin/fake_handler.hpp"

namespace backplane::host {

TEST_SUITE("plugin") {
  TEST_CASE("LoadedHandler: what a handler saves in parts is one state, with its version") {
    FakeHandler fake;
    fake.script.save = [](bp_write_fn write, void* ctx, bp_error&) {
      CHECK(write(ctx, to_bp_str("one ")) == BP_OK);
      CHECK(write(ctx, {}) == BP_OK);
      return write(ctx, to_bp_str("two"));
    };
    const auto instance = fake.instance();
    const auto saved = instance.value()->save_state();
    REQUIRE(saved.ok());
    REQUIRE(saved.value().has_value());
    CHECK(*saved.value() == HandlerState{.version = 3, .bytes = "one two"});
  }

  TEST_CASE("LoadedHandler: no more than 64 MiB are taken of a handler's state") {
    FakeHandler fake;
    bp_status last = BP_OK;
    fake.script.save = [&last](bp_write_fn write, void* ctx, bp_error& error) {
      const std::string part(kMaxStateBytes / 2, 's');
      CHECK(write(ctx, to_bp_str(part)) == BP_OK);
      CHECK(write(ctx, to_bp_str(part)) == BP_OK);
      last = write(ctx, to_bp_str("s"));
      set_message(error, "too much");
      return last;
    };
    const auto instance = fake.instance();
    const auto saved = instance.value()->save_state();
    CHECK(last == BP_EXHAUSTED);
    REQUIRE_FALSE(saved.ok());
    CHECK(saved.error().reason() == "state_save_failed");
    CHECK(saved.error().message() == "too much");
  }

  TEST_CASE("LoadedHandler: a handler without extensions hands nothing over and is warm") {
    FakeHandler fake;
    const auto instance = fake.instance();
    const auto saved = instance.value()->save_state();
    REQUIRE(saved.ok());
    CHECK_FALSE(saved.value().has_value());
    CHECK(instance.value()->restore_state({.version = 1, .bytes = "x"}).ok());
    CHECK(instance.value()->warm_up().ok());
    fake.table().get_extension = nullptr;
    CHECK_FALSE(instance.value()->save_state().value().has_value());
    CHECK(instance.value()->warm_up().ok());
  }

  TEST_CASE("LoadedHandler: what restore and warm_up refuse or throw has their words") {
    FakeHandler fake;
    std::string given;
    fake.script.restore = [&given](std::string_view bytes, std::uint32_t version, bp_error& error) {
      given = std::string(bytes) + " of " + std::to_string(version);
      set_message(error, "no such form");
      return BP_INVALID;
    };
    fake.script.warm_up = [](bp_error&) -> bp_status { throw std::runtime_error("no model"); };
    const auto instance = fake.instance();
    const Status restored = instance.value()->restore_state({.version = 9, .bytes = "x"});
    CHECK(given == "x of 9");
    REQUIRE_FALSE(restored.ok());
    CHECK(restored.error().reason() == "state_restore_failed");
    CHECK(restored.error().message() == "no such form");
    const Status warm = instance.value()->warm_up();
    REQUIRE_FALSE(warm.ok());
    CHECK(warm.error().reason() == "warm_up_failed");
    CHECK(warm.error().message() == "no model");
  }
}

}  // namespace backplane::host
