#include <cstring>
#include <stdexcept>
#include <string>

#include <doctest/doctest.h>

#include "host/plugin/loaded_handler.hpp"
#include "tests/unit/plugin/fake_handler.hpp"

namespace backplane::host {
namespace {

bool says(const Exchange& exchange, std::string_view words) {
  return exchange.response.body.find(words) != std::string::npos;
}

}  // namespace

TEST_SUITE("plugin") {
  TEST_CASE("LoadedHandler: each status of the contract has its HTTP answer") {
    struct Row {
      bp_status status;
      unsigned http;
      const char* code;
    };
    for (const Row row :
         {Row{BP_INVALID, 400, "invalid_request"}, Row{BP_NOT_FOUND, 404, "not_found"},
          Row{BP_UNAVAILABLE, 503, "unavailable"}, Row{BP_DEADLINE, 504, "deadline_exceeded"},
          Row{BP_CANCELLED, 499, "cancelled"}, Row{BP_INTERNAL, 500, "handler_error"},
          Row{BP_UNSUPPORTED, 501, "unsupported"}, Row{BP_EXHAUSTED, 429, "resource_exhausted"},
          Row{BP_CONTRACT, 500, "handler_contract"}, Row{4711, 500, "handler_contract"}}) {
      CAPTURE(row.status);
      FakeHandler fake;
      Exchange exchange;
      exchange.request.request_id = "id-7";
      fake.script.execute = [row](const bp_host& host, bp_call* const* calls, std::uint32_t) {
        host.call_write(calls[0], "half an answer", 14, 0);
        host.call_complete(calls[0], row.status, to_bp_str("the reason"));
        return BP_OK;
      };
      auto instance = fake.instance();
      REQUIRE(instance.ok());
      run(*instance.value(), exchange);
      CHECK(exchange.response.status == row.http);
      CHECK(says(exchange, std::string("\"code\":\"") + row.code + "\""));
      const auto fault = static_cast<std::size_t>(exchange.fault);
      CHECK(kHandlerFaultNames[fault] == std::string_view(row.http < 500 ? "none" : row.code));
      CHECK(says(exchange, "\"request_id\":\"id-7\""));
      CHECK_FALSE(says(exchange, "half an answer"));
      CHECK(exchange.response.headers.find("Content-Type") == "application/problem+json");
      const bool shown = row.status != BP_INTERNAL && row.status != 4711;
      CHECK(says(exchange, "the reason") == shown);
    }
  }

  TEST_CASE("LoadedHandler: a constructor's refusal carries its words") {
    FakeHandler fake;
    SUBCASE("as a status") {
      fake.script.create = [](const bp_replica_info& info, bp_error& error) {
        CHECK(view_of(info.handler) == "fake");
        CHECK(view_of(info.backend) == "tag");
        CHECK(view_of(info.config_json) == "{\"n\":1}");
        CHECK(info.replica_index == 2);
        CHECK(info.generation == 7);
        set_message(error, "model file missing");
        return BP_INTERNAL;
      };
      CHECK(fake.instance().error().message() == "model file missing");
    }
    SUBCASE("as an exception") {
      fake.script.create = [](const bp_replica_info&, bp_error&) -> bp_status {
        throw std::runtime_error("model file missing");
      };
      CHECK(fake.instance().error().message() == "model file missing");
    }
    SUBCASE("as something else that is thrown") {
      fake.script.create = [](const bp_replica_info&, bp_error&) -> bp_status {
        throw 42;  // NOLINT: foreign code throws what it likes
      };
      CHECK(fake.instance().error().message().find("std::exception") != std::string::npos);
    }
    SUBCASE("as words without an end that are no UTF-8") {
      fake.script.create = [](const bp_replica_info&, bp_error& error) {
        std::memset(error.message, 0xff, sizeof error.message);
        return BP_INVALID;
      };
      CHECK(fake.instance().error().message().size() == 3 * sizeof(bp_error::message));
    }
    SUBCASE("without words") {
      fake.script.create = [](const bp_replica_info&, bp_error&) { return BP_INVALID; };
      CHECK(fake.instance().error().message().find("'fake'") != std::string::npos);
    }
    const auto refused = fake.instance();
    CHECK(refused.error().code() == ErrorCode::kInvalidArgument);
    CHECK(refused.error().reason() == "backend_init_failed");
    CHECK(fake.script.destroyed == 0);
  }

  TEST_CASE("LoadedHandler: what was created is destroyed once") {
    FakeHandler fake;
    { CHECK(fake.instance().ok()); }
    CHECK(fake.script.destroyed == 1);
  }

  TEST_CASE("LoadedHandler: user_config goes to the handlers that take one") {
    FakeHandler fake;
    fake.script.reconfigure = [](std::string_view json, bp_error& error) {
      if (json == "{}") return BP_OK;
      set_message(error, "threshold is missing");
      return BP_INVALID;
    };
    auto instance = fake.instance();
    REQUIRE(instance.ok());
    CHECK(instance.value()->reconfigure("{}").ok());
    const Status refused = instance.value()->reconfigure("[]");
    CHECK(refused.error().reason() == "reconfigure_failed");
    CHECK(refused.error().message() == "threshold is missing");
    fake.table().reconfigure = nullptr;
    CHECK(instance.value()->reconfigure("{}").error().reason() == "not_reconfigurable");
  }

  TEST_CASE("LoadedHandler: a table that ends before the optional functions has none") {
    FakeHandler fake;
    fake.script.reconfigure = [](std::string_view, bp_error&) { return BP_OK; };
    fake.script.health = [](bp_error&) { return BP_INTERNAL; };
    auto instance = fake.instance();
    REQUIRE(instance.ok());
    CHECK(instance.value()->health().error().reason() == "unhealthy");
    fake.table().struct_size = offsetof(bp_handler, reconfigure);
    CHECK_FALSE(instance.value()->reconfigure("{}").ok());
    CHECK(instance.value()->health().ok());
  }
}

}  // namespace backplane::host
