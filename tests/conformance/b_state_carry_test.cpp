#include <string>

#include <doctest/doctest.h>

#include "tests/support/version_host.hpp"

namespace backplane::host {
namespace {

// A version host with a second backend "t" of one replica, which counts, at /t.
class TallyHost : public VersionHost {
 public:
  TallyHost() {
    REQUIRE(admin("PUT", "/v1/backends/t", R"({"plugin":"version","handler":"tally"})").status() ==
            201);
    create_endpoint("t", "/t", R"({"t":1})");
    CHECK(get("/t").body() == "v1 1");
    CHECK(get("/t").body() == "v1 2");
  }
};

}  // namespace

TEST_SUITE("reload") {
  TEST_CASE(
      "state: a reload carries on what the old replica holds, and begins anew when asked to") {
    TallyHost host;
    host.drop("version2");
    REQUIRE(host.reload().status() == 200);
    CHECK(host.get("/t").body() == "v2 3");
    // The same file once more.
    REQUIRE(host.reload(R"({"force":true,"state":"carry"})").status() == 200);
    CHECK(host.get("/t").body() == "v2 4");
    host.drop("version3");
    REQUIRE(host.reload(R"({"state":"fresh"})").status() == 200);
    CHECK(host.get("/t").body() == "v3 1");
    CHECK(host.reload(R"({"state":"stale"})").refusal() == "422 invalid_argument");
  }

  TEST_CASE("state: code that cannot go on with it does not take over, and can be had without it") {
    TallyHost host;
    host.drop("version2");
    REQUIRE(host.reload().status() == 200);
    const Answer refused = host.rollback();
    CHECK(refused.refusal() == "502 state_restore_failed");
    CHECK(refused.text_at("/detail").find("v1 does not know form 2") != std::string::npos);
    CHECK(refused.text_at("/stage") == "building");
    CHECK(host.get("/t").body() == "v2 3");
    const Answer fresh = host.admin("POST", "/v1/plugins/version/rollback", R"({"state":"fresh"})");
    REQUIRE_MESSAGE(fresh.status() == 200, fresh.body());
    CHECK(host.get("/t").body() == "v1 1");
  }

  TEST_CASE("state: a canary begins with what the old replicas hold") {
    TallyHost host;
    host.drop("version2");
    const Answer begun = host.reload(
        R"({"strategy":"canary","weight":1,"min_requests":1,"duration_ms":0})", "?wait_ms=0");
    REQUIRE(begun.status() == 202);
    REQUIRE(wait_for([&] { return host.get("/t").body().starts_with("v2 "); }));
    const std::string after = host.get("/t").body();
    CHECK(std::stoi(after.substr(3)) > 3);
  }

  TEST_CASE("warm-up: every replica is warm before the new code takes over") {
    VersionHost host;
    CHECK(host.logged("*v1") == 2);
    host.drop("version2");
    REQUIRE(host.reload().status() == 200);
    CHECK(host.logged("*v2") == 2);
    CHECK(host.logged("+v2") == 2);
  }

  TEST_CASE("state: kv_cache has its entries after a reload, and none after one that is fresh") {
    HostFixture host({"kv_cache"});
    host.create_backend("kv", "kv_cache");
    host.create_endpoint("kv", "/kv", R"({"kv":1})", R"(["GET","PUT"])");
    CHECK(host.data("PUT", "/kv?key=a", {}, "first").body() == "kept");
    CHECK(host.data("PUT", "/kv?key=b", {}, std::string(100'000, 'x')).body() == "kept");
    const auto reload = [&host](const std::string& how) {
      return host.admin("POST", "/v1/plugins/kv_cache/reload", how).status();
    };
    REQUIRE(reload(R"({"force":true})") == 200);
    CHECK(host.get("/kv?key=a").header("Backplane-Backend") == "kv@2");
    CHECK(host.get("/kv?key=a").body() == "first");
    CHECK(host.get("/kv?key=b").body() == std::string(100'000, 'x'));
    REQUIRE(reload(R"({"force":true,"state":"fresh"})") == 200);
    CHECK(host.get("/kv?key=a").status() == 404);
  }
}

}  // namespace backplane::host
