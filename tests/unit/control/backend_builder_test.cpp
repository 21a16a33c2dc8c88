#include "host/control/backend_builder.hpp"

#include <doctest/doctest.h>

namespace backplane::host {
namespace {

HandlerDescription handler(std::uint32_t max_batch, bool reconfigurable) {
  HandlerDescription description;
  description.name = "h";
  description.max_batch = max_batch;
  description.reconfigurable = reconfigurable;
  return description;
}

BackendSpec spec(std::uint32_t max_batch_size, const std::string& user_config = "") {
  BackendSpec backend;
  backend.tag = "b";
  backend.config.max_batch_size = max_batch_size;
  backend.config.user_config_json = user_config;
  return backend;
}

TEST_SUITE("control") {
  TEST_CASE("check_handler_fits: a handler that is not batch-capable takes batches of 1 only") {
    CHECK(check_handler_fits(spec(1), handler(1, false)).ok());
    const Status refused = check_handler_fits(spec(10), handler(1, false));
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().reason() == "batch_size_not_supported");
    CHECK(refused.error().pointer() == "/config/max_batch_size");
    CHECK(refused.error().message() ==
          "max_batch_size is 10; handler 'h' is not batch-capable, so it must be 1");
  }

  TEST_CASE("check_handler_fits: a batch handler takes up to what it declares") {
    CHECK(check_handler_fits(spec(8), handler(8, false)).ok());
    CHECK_FALSE(check_handler_fits(spec(9), handler(8, false)).ok());
  }

  TEST_CASE("check_handler_fits: inline execution needs a handler that never blocks") {
    BackendSpec inline_spec = spec(1);
    inline_spec.config.execution = Execution::kInline;
    HandlerDescription quick = handler(1, false);
    quick.never_blocks = true;
    CHECK(check_handler_fits(inline_spec, quick).ok());
    const Status refused = check_handler_fits(inline_spec, handler(1, false));
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().reason() == "inline_not_supported");
    CHECK(refused.error().pointer() == "/config/execution");
  }

  TEST_CASE("check_handler_fits: user_config needs a handler that takes one") {
    CHECK(check_handler_fits(spec(1, "{}"), handler(1, true)).ok());
    const Status refused = check_handler_fits(spec(1, "{}"), handler(1, false));
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().reason() == "user_config_not_supported");
  }
}

}  // namespace
}  // namespace backplane::host
