#include "host/plugin/probe_request.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

namespace backplane::host {

TEST_SUITE("plugin") {
  TEST_CASE("ProbeRequest: what is written is read, whatever the documents hold") {
    const ProbeRequest request{
        .plugin = "hello",
        .path = "/staging/hello.7.so",
        .handlers = {{.handler = "a",
                      .backend = "x",
                      .init_json = R"({"k":"\"\n"})",
                      .user_config_json = R"([1,{"deep":[[[[[[[[[[]]]]]]]]]]}])"},
                     {.handler = "b", .backend = "y", .init_json = "", .user_config_json = ""}}};
    const auto order = read_probe_request(write_probe_request(request, 4711));
    REQUIRE(order.ok());
    CHECK(order.value().parent == 4711);
    CHECK(order.value().request.plugin == request.plugin);
    CHECK(order.value().request.path == request.path);
    REQUIRE(order.value().request.handlers.size() == 2);
    for (std::size_t i = 0; i < 2; ++i) {
      const ProbeHandler& read = order.value().request.handlers[i];
      CHECK(read.handler == request.handlers[i].handler);
      CHECK(read.backend == request.handlers[i].backend);
      CHECK(read.init_json == request.handlers[i].init_json);
      CHECK(read.user_config_json == request.handlers[i].user_config_json);
    }
  }

  TEST_CASE("ProbeRequest: a large init is carried whole") {
    const std::string init = "\"" + std::string(std::size_t{4} << 20U, 'x') + "\"";
    const auto order = read_probe_request(write_probe_request(
        {.plugin = "p",
         .path = "/p.so",
         .handlers = {{.handler = "h", .backend = "b", .init_json = init, .user_config_json = ""}}},
        1));
    REQUIRE(order.ok());
    CHECK(order.value().request.handlers[0].init_json == init);
  }

  TEST_CASE("ProbeRequest: a trial is carried with it, whatever bytes its samples have") {
    const std::string bytes("\0\xff\"\n\x7f", 5);
    const TrialPlan plan{.samples = {"", bytes},
                         .patience = std::chrono::milliseconds(123),
                         .reloads = 1000,
                         .other_copy = "/staging/other.so"};
    const auto order =
        read_probe_request(write_probe_request({.plugin = "p",
                                                .path = "/p.so",
                                                .handlers = {},
                                                .trial = plan,
                                                .cpu_time = std::chrono::seconds(17)},
                                               1));
    REQUIRE(order.ok());
    CHECK(order.value().request.cpu_time == std::chrono::seconds(17));
    const std::optional<TrialPlan>& read = order.value().request.trial;
    REQUIRE(read.has_value());
    CHECK(read->samples == plan.samples);
    CHECK(read->patience == plan.patience);
    CHECK(read->reloads == plan.reloads);
    CHECK(read->other_copy == plan.other_copy);
  }

  TEST_CASE("ProbeRequest: without a trial there is none, and the usual time") {
    const auto order = read_probe_request(
        write_probe_request({.plugin = "p", .path = "/p.so", .handlers = {}}, 1));
    REQUIRE(order.ok());
    CHECK_FALSE(order.value().request.trial.has_value());
    CHECK(order.value().request.cpu_time == std::chrono::seconds(5));
  }

  TEST_CASE("ProbeRequest: what nobody of ours wrote is refused") {
    for (const std::string_view text :
         {"", "{}", "[]", R"({"path":"/x.so"})", R"({"path":"","parent":1,"handlers":[]})",
          R"({"path":"/x.so","parent":"1","handlers":[]})", R"({"path":"/x.so","parent":1})"}) {
      CAPTURE(text);
      CHECK_FALSE(read_probe_request(text).ok());
    }
  }
}

}  // namespace backplane::host
