#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "tests/support/gate.hpp"
#include "tests/support/secured_host.hpp"

namespace backplane::host {
namespace {

using Fields = SecuredHost::Fields;

const std::pair<std::string, std::string> json{"Content-Type", "application/json"};
const std::string traffic = R"({"hello":1})";
const std::string backend = R"({"plugin":"hello","handler":"hello"})";

// The first address of a row of peers; failures are counted for each, and no test wants to wait.
constexpr std::uint32_t kPeers = 0x7f010000;

// Fails until the host has had enough of `peer`; the answer that says so.
Answer fail_until_limited(std::uint16_t port, std::uint32_t peer) {
  std::string burst;
  for (int i = 0; i < 20; ++i) burst += request_text("GET", "/v1/status");
  RawClient client;
  REQUIRE(client.connect_from(peer, port));
  const TimePoint deadline = Clock::now() + kPatience;
  while (Clock::now() < deadline) {
    REQUIRE(client.send(burst));
    for (int i = 0; i < 20; ++i) {
      auto response = client.read_response();
      REQUIRE(response.has_value());
      if (response->status == 429) return Answer(std::move(*response));
      CHECK(response->status == 401);
    }
  }
  return {};
}

int status_for(std::uint16_t port, std::uint32_t peer, const std::string& token) {
  RawClient client;
  REQUIRE(client.connect_from(peer, port));
  const auto response = client.ask(request_text("GET", "/v1/status", {bearer(token)}));
  REQUIRE(response.has_value());
  return response->status;
}

}  // namespace

SCENARIO("faults 98: a call without a good token is answered 401, whatever it asks for") {
  GIVEN("a host that asks for tokens") {
    SecuredHost host;
    const std::string good = host.deploy_token();
    WHEN("calls come without one, with a wrong one, or with one that is not shown as it must be") {
      std::string longer = good;
      longer += "0";
      const std::vector<Fields> bad{{},
                                    {bearer("0000000000000000000000000000000000000000")},
                                    {bearer(longer)},
                                    {bearer(good.substr(1))},
                                    {bearer("")},
                                    {{"Authorization", "Bearer"}},
                                    {{"Authorization", "Basic " + good}},
                                    {{"Authorization", good}},
                                    {bearer(good), bearer(good)},
                                    {bearer(std::string(8192, 'a'))},
                                    {bearer(SecuredHost::kExpired)},
                                    {{"Cookie", "token=" + good}}};
      THEN("each is told so, nothing changes, and where it pointed makes no difference") {
        std::uint32_t peer = kPeers;
        for (const Fields& fields : bad) {
          ++peer;
          CAPTURE(fields.size());
          for (const char* path :
               {"/v1/endpoints/hello/traffic", "/v1/backends/none", "/nowhere"}) {
            Fields with_type = fields;
            with_type.push_back(json);
            CHECK(host.refused("PUT", path, with_type, traffic, peer) == "401 unauthenticated");
            CHECK(host.answer().header("WWW-Authenticate") == "Bearer realm=\"backplane\"");
          }
          CHECK(host.refused("GET", "/v1/status", fields, {}, peer) == "401 unauthenticated");
        }
      }
    }
    WHEN("the token is in the query") {
      THEN("it is none, and not echoed") {
        for (const char* name : {"token", "access_token"}) {
          const std::string path = "/v1/status?" + std::string(name) + "=" + good;
          CHECK(host.refused("GET", path, {}, {}, kPeers + 100) == "401 unauthenticated");
          CHECK(host.answer().body().find(good) == std::string::npos);
        }
      }
    }
    WHEN("its body is no JSON") {
      THEN("that is not looked at") {
        RawClient client;
        REQUIRE(client.connect_from(kPeers + 101, host.fixture().admin_port()));
        REQUIRE(client.send(request_text("PUT", "/v1/backends/a", {json}, std::string(1000, '{'))));
        auto response = client.read_response();
        REQUIRE(response.has_value());
        CHECK(response->status == 401);
      }
    }
  }
}

SCENARIO("faults 98: a peer that fails ten times within a second is not listened to") {
  GIVEN("a host that asks for tokens") {
    SecuredHost host;
    const std::uint16_t port = host.fixture().admin_port();
    WHEN("one peer fails again and again") {
      const Answer limited = fail_until_limited(port, kPeers + 1);
      THEN("it is told when to come back, and others are heard as before") {
        CHECK(limited.refusal() == "429 rate_limited");
        CHECK(limited.header("Retry-After") == "1");
        CHECK(status_for(port, kPeers + 2, host.deploy_token()) == 200);
      }
    }
    WHEN("it has a good token by then") {
      fail_until_limited(port, kPeers + 1);
      THEN("it is heard again, soon and without help") {
        const TimePoint deadline = Clock::now() + kPatience;
        int status = 0;
        while (status != 200 && Clock::now() < deadline) {
          status = status_for(port, kPeers + 1, host.deploy_token());
          CHECK((status == 200 || status == 429));
        }
        CHECK(status == 200);
      }
    }
  }
}

SCENARIO("faults 98: two tokens of one label are good while one replaces the other") {
  GIVEN("a host with an old and a new token of the reader") {
    SecuredHost host([](HostConfig& config) {
      AdminToken next = config.admin_tokens.front();
      next.salt = config.admin_tokens[1].salt;
      next.sha256 = config.admin_tokens[1].sha256;
      config.admin_tokens = {config.admin_tokens.front(), next};
    });
    WHEN("both are shown") {
      const std::uint16_t port = host.fixture().admin_port();
      THEN("both are let in") {
        CHECK(status_for(port, kPeers, std::string(SecuredHost::kReader)) == 200);
        CHECK(status_for(port, kPeers, std::string(SecuredHost::kOperator)) == 200);
      }
    }
  }
}

SCENARIO("faults 99: a role may do what it is for, and no more") {
  GIVEN("a host with a token of each role") {
    SecuredHost host;
    const HostFixture& fixture = host.fixture();
    const Fields reader{bearer(SecuredHost::kReader), json};
    const Fields op{bearer(SecuredHost::kOperator), json};
    WHEN("the reader writes") {
      THEN("it is told which role it has and which it would need") {
        CHECK(host.refused("PUT", "/v1/endpoints/hello/traffic", reader, traffic) ==
              "403 role_required");
        CHECK(host.answer().detail() ==
              "token 'reader' has the role 'read'; this call wants 'operate'");
        CHECK(host.refused("PUT", "/v1/backends/other", reader, backend) == "403 role_required");
        CHECK(host.refused("DELETE", "/v1/endpoints/hello", reader) == "403 role_required");
        CHECK(host.answer().detail() ==
              "token 'reader' has the role 'read'; this call wants 'deploy'");
      }
    }
    WHEN("the operator creates or deletes") {
      THEN("that is refused, and is not when it steers") {
        CHECK(host.refused("PUT", "/v1/backends/other", op, backend) == "403 role_required");
        CHECK(host.refused("DELETE", "/v1/backends/hello", op) == "403 role_required");
        RawClient client(fixture.admin_port());
        const auto set =
            client.ask(request_text("PUT", "/v1/endpoints/hello/traffic", op, traffic));
        REQUIRE(set.has_value());
        CHECK(set->status == 200);
      }
    }
    WHEN("a call is refused for its path, or for what stands behind the role") {
      THEN("the path comes first and the body last") {
        CHECK(host.refused("PUT", "/v1/nothing", reader, traffic) == "404 no_route");
        CHECK(host.refused("POST", "/v1/backends/hello", reader, traffic) ==
              "405 method_not_allowed");
        CHECK(host.refused("PUT", "/v1/backends/NAME", {reader[0]}, "no json") ==
              "403 role_required");
      }
    }
    WHEN("everybody reads") {
      THEN("that is what every role may") {
        for (const Fields& fields : {reader, op}) {
          RawClient client(fixture.admin_port());
          const auto status = client.ask(request_text("GET", "/v1/status", fields));
          REQUIRE(status.has_value());
          CHECK(status->status == 200);
        }
      }
    }
  }
}

}  // namespace backplane::host
