#include "host/config/backend_reader.hpp"

#include <string>
#include <string_view>
#include <vector>

#include "tests/unit/config/read_json.hpp"

namespace backplane::host {
namespace {

Result<BackendSpec> parse(std::string_view body) {
  return parse_backend("tag", read_json(body).root(), AppLimits{});
}

// The body of a backend whose configuration is `config`.
std::string with_config(std::string_view config) {
  return R"({"plugin":"p","handler":"h","config":)" + std::string(config) + "}";
}

TEST_SUITE("config") {
  TEST_CASE("parse_backend: plugin and handler are enough, the rest has defaults") {
    const auto spec = parse(R"({"plugin":"examples","handler":"hello"})");
    REQUIRE(spec.ok());
    CHECK(spec.value().tag == "tag");
    CHECK(spec.value().plugin == "examples");
    CHECK(spec.value().handler == "hello");
    CHECK(spec.value().init_json.empty());
    CHECK(spec.value().config == BackendConfig{});
  }

  TEST_CASE("parse_backend: every key is read") {
    const auto spec = parse(R"({"plugin":"p","handler":"h","init":{"n": [1.0, "x"]},
      "$comment": "ours", "config":{"num_replicas":2,"max_batch_size":8,
      "batch_wait_timeout_ms":50,"max_queue":10,"request_timeout_ms":100,
      "mix_content_types":false,"user_config":{"k": null},"$comment":"why"}})");
    REQUIRE(spec.ok());
    CHECK(spec.value().init_json == R"({"n":[1.0,"x"]})");
    const BackendConfig& config = spec.value().config;
    CHECK(config.num_replicas == 2);
    CHECK(config.max_batch_size == 8);
    CHECK(config.batch_wait_timeout == std::chrono::milliseconds(50));
    CHECK(config.max_queue == 10);
    CHECK(config.request_timeout == std::chrono::milliseconds(100));
    CHECK_FALSE(config.mix_content_types);
    CHECK(config.user_config_json == R"({"k":null})");
  }

  // behaviours.md T36, T37.
  TEST_CASE("parse_backend: an unknown key is named, with the key that was meant") {
    const auto spec = parse(with_config(R"({"num_replica": 2})"));
    REQUIRE_FALSE(spec.ok());
    CHECK(spec.error().code() == ErrorCode::kInvalidArgument);
    CHECK(spec.error().reason() == "unknown_field");
    CHECK(spec.error().pointer() == "/config/num_replica");
    CHECK(spec.error().message().starts_with(
        "unknown key 'num_replica', is 'num_replicas' meant? (known: execution, "));
    const auto resource = parse(with_config(R"({"num_cpus": -1})"));
    REQUIRE_FALSE(resource.ok());
    CHECK(resource.error().reason() == "unknown_field");
    const auto beside = parse(R"({"plugin":"p","handler":"h","resources":{}})");
    REQUIRE_FALSE(beside.ok());
    CHECK(beside.error().pointer() == "/resources");
  }

  // behaviours.md T38, T39; faults.md 3.5 row 79.
  TEST_CASE("parse_backend: numbers out of range or of another type are refused with the bounds") {
    const std::vector<std::pair<std::string, std::string>> cases{
        {"num_replicas", "from 1 to 256"},
        {"max_batch_size", "from 1 to 1024"},
        {"batch_wait_timeout_ms", "from 0 to 60000"},
        {"max_queue", "from 0 to 1000000"},
        {"request_timeout_ms", "from 1 to 86400000"}};
    for (const auto& one : cases) {
      for (const std::string value : {"-1", "1.0", "1.5", "1e3", "1e9", "\"hello\"", "null", "true",
                                      "[]", "{}", "123456789012345678901234567890", "0.1e-400"}) {
        CAPTURE(one.first);
        CAPTURE(value);
        const auto spec = parse(with_config("{\"" + one.first + "\":" + value + "}"));
        REQUIRE_FALSE(spec.ok());
        CHECK(spec.error().code() == ErrorCode::kInvalidArgument);
        CHECK(spec.error().reason() == "invalid_argument");
        CHECK(spec.error().pointer() == "/config/" + one.first);
        CHECK(spec.error().message().find(one.second) != std::string::npos);
      }
    }
    CHECK_FALSE(parse(with_config(R"({"num_replicas":0})")).ok());
    CHECK_FALSE(parse(with_config(R"({"max_batch_size":0})")).ok());
    CHECK_FALSE(parse(with_config(R"({"request_timeout_ms":0})")).ok());
    CHECK(parse(with_config(R"({"num_replicas":257})")).error().message() ==
          "found 257 for 'num_replicas', wanted an integer from 1 to 256");
    CHECK(parse(with_config(R"({"num_replicas":256,"max_batch_size":1024})")).ok());
  }

  TEST_CASE("parse_backend: inline execution goes with one replica and one request at a time") {
    CHECK(parse(with_config("{}")).value().config.execution == Execution::kReplica);
    CHECK(parse(with_config(R"({"execution":"inline"})")).value().config.execution ==
          Execution::kInline);
    CHECK(parse(with_config(R"({"execution":"replica","num_replicas":2})")).ok());
    CHECK_FALSE(parse(with_config(R"({"execution":"thread"})")).ok());
    for (const std::string key : {"num_replicas", "max_batch_size"}) {
      CAPTURE(key);
      const auto spec = parse(with_config(R"({"execution":"inline",")" + key + "\":2}"));
      REQUIRE_FALSE(spec.ok());
      CHECK(spec.error().pointer() == "/config/" + key);
      CHECK(spec.error().message() ==
            "found 2 for '" + key + "', wanted 1, or none, as execution is 'inline'");
    }
  }

  TEST_CASE("parse_backend: a body that names no handler, or is no object, is refused") {
    CHECK(parse(R"({"plugin":"p"})").error().reason() == "missing_field");
    CHECK(parse(R"({"handler":"h"})").error().message() == "found no 'plugin', which is required");
    CHECK(parse("[]").error().message() == "found an array, wanted an object");
    CHECK(parse(with_config("[]")).error().pointer() == "/config");
    CHECK(parse(R"({"plugin":1,"handler":"h"})").error().pointer() == "/plugin");
    CHECK(parse(with_config(R"({"mix_content_types":1})")).error().message() ==
          "found 1 for 'mix_content_types', wanted true or false");
    CHECK(parse(R"({"plugin":"p","handler":"h","$comment":1})").error().pointer() == "/$comment");
  }

  TEST_CASE("parse_backend: names that no plugin, handler or backend may have are refused") {
    const Result<BackendSpec> path = parse(R"({"plugin":"../x","handler":"h"})");
    REQUIRE_FALSE(path.ok());
    CHECK(path.error().reason() == "bad_plugin_name");
    CHECK(path.error().code() == ErrorCode::kInvalidArgument);
    CHECK(path.error().pointer() == "/plugin");
    CHECK(parse(R"({"plugin":"p","handler":"H h"})").error().pointer() == "/handler");
    const JsonDocument body = read_json(R"({"plugin":"p","handler":"h"})");
    const auto spec = parse_backend("Bad Tag", body.root(), AppLimits{});
    REQUIRE_FALSE(spec.ok());
    CHECK(spec.error().reason() == "bad_name");
  }

  TEST_CASE("parse_backend: a number that no plugin could hold is refused in init") {
    const auto spec = parse(R"({"plugin":"p","handler":"h","init":{"a":[1e309]}})");
    REQUIRE_FALSE(spec.ok());
    CHECK(spec.error().pointer() == "/init/a/0");
  }

  TEST_CASE("read_backend_config: what is absent or wrong leaves what was there") {
    BackendConfig config;
    config.num_replicas = 3;
    config.max_batch_size = 4;
    std::vector<Error> errors;
    const JsonDocument body = read_json(R"({"max_batch_size": 5, "num_replicas": "x"})");
    read_backend_config(body.root(), AppLimits{}, config, errors);
    CHECK(errors.size() == 1);
    CHECK(config.num_replicas == 3);
    CHECK(config.max_batch_size == 5);
  }

  TEST_CASE("BackendConfig: the queue has room for eight rounds of every replica, at least 1024") {
    BackendConfig config;
    CHECK(config.queue_limit() == 1024);
    config.num_replicas = 4;
    config.max_batch_size = 64;
    CHECK(config.queue_limit() == 2048);
    config.max_queue = 10;
    CHECK(config.queue_limit() == 10);
  }
}

}  // namespace
}  // namespace backplane::host
