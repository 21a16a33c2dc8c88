#include <map>
#include <string>

#include <doctest/doctest.h>

#include "tests/support/background_load.hpp"
#include "tests/support/version_host.hpp"

namespace backplane::host {
namespace {

Answer reload(const HostFixture& host, const std::string& plugin) {
  return host.admin("POST", "/v1/plugins/" + plugin + "/reload", R"({"force":true})");
}

}  // namespace

TEST_SUITE("abi") {
  TEST_CASE("abi: a plugin in C of version 1.0 is loaded, configured, served and reloaded") {
    HostFixture host({"old_c"});
    host.create_backend("b", "old_c", R"({"user_config":{"a":1}})");
    host.create_endpoint("e", "/e", R"({"b":1})", R"(["GET","POST"])");
    const Answer served = host.data("POST", "/e?x=1", {{"X-Request-Id", "r1"}}, "body");
    CHECK(served.status() == 201);
    CHECK(served.body() == R"(POST /e?x=1 body {"a":1})");
    CHECK(served.header("X-Replica") == "0");
    CHECK(served.header("X-Request") == "r1");
    const Answer refused = host.get("/e");
    CHECK(refused.status() == 404);
    CHECK(refused.detail() == "there is nothing here");

    CHECK(host.admin("PATCH", "/v1/backends/b", R"({"config":{"user_config":[2]}})").status() ==
          200);
    CHECK(host.get("/e?x").body() == "GET /e?x  [2]");
    CHECK(
        host.admin("PATCH", "/v1/backends/b",
                   R"({"config":{"user_config":"a setting that is longer than it has room for"}})")
            .detail()
            .find("too long a setting") != std::string::npos);
    for (int i = 0; i < 5; ++i) CHECK(reload(host, "old_c").status() == 200);
    CHECK(host.get("/e?x").body() == "GET /e?x  [2]");
    CHECK(wait_for(
        [&] { return host.admin("GET", "/v1/plugins/old_c").at("/generations/1").empty(); }));
  }

  TEST_CASE("abi: a plugin in C++ of version 1.0 is served in batches and reloaded under load") {
    HostFixture host({"old_cpp"});
    host.create_backend("b", "old_cpp", R"({"max_batch_size":4})", R"({"n":3})");
    host.create_endpoint("e", "/e", R"({"b":1})");
    CHECK(host.get("/e").body() == R"({"n":3} 1)");
    BackgroundLoad load(host.data_port(), "/e");
    REQUIRE(load.wait_answered(20));
    for (int i = 0; i < 5; ++i) CHECK(reload(host, "old_cpp").status() == 200);
    REQUIRE(load.wait_answered(20));
    for (const auto& answered : load.stop()) {
      const std::string& answer = answered.first;
      CHECK_MESSAGE(answer.find(R"({"n":3} )") == 0, answer);
    }
  }

  TEST_CASE("abi: what came after version 1.0 is not asked of its plugins") {
    HostFixture host({"old_c", "old_cpp"});
    CHECK(host.admin("PUT", "/v1/backends/i",
                     R"({"plugin":"old_c","handler":"old_c","config":{"execution":"inline"}})")
              .status() == 422);
    CHECK(host.admin("PUT", "/v1/backends/u",
                     R"({"plugin":"old_cpp","handler":"old_cpp","config":{"user_config":{}}})")
              .status() == 422);
    CHECK(host.admin("GET", "/v1/plugins/old_c").text_at("/abi") == "1.0");
  }
}

}  // namespace backplane::host
