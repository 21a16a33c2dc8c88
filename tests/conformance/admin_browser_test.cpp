#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/support/host_fixture.hpp"
#include "tests/support/secured_host.hpp"

namespace backplane::host {
namespace {

using Fields = SecuredHost::Fields;

const std::pair<std::string, std::string> json{"Content-Type", "application/json"};
const std::pair<std::string, std::string> text{"Content-Type", "text/plain"};
const std::string traffic = R"({"hello":1})";

// What a listener answers to exactly these bytes; it must not let pages of other sites read it.
std::string answer_to(std::uint16_t port, const std::string& bytes) {
  RawClient client(port);
  auto response = client.ask(bytes);
  REQUIRE(response.has_value());
  const Answer answer(std::move(*response));
  CHECK(answer.header("Access-Control-Allow-Origin") == "");
  return answer.refusal();
}

// The reading of a counter of the metrics page.
std::string counted(const HostFixture& host, const std::string& series) {
  const std::string page = host.admin("GET", "/metrics").body();
  const std::size_t at = page.find("\n" + series + " ");
  REQUIRE(at != std::string::npos);
  const std::size_t begin = at + series.size() + 2;
  return page.substr(begin, page.find('\n', begin) - begin);
}

std::string with_host(const std::string& target, const std::string& host, const Fields& fields) {
  std::string bytes = "GET " + target + " HTTP/1.1\r\nHost: " + host + "\r\n";
  for (const auto& [name, value] : fields)
    bytes.append(name).append(": ").append(value).append("\r\n");
  return bytes + "\r\n";
}

}  // namespace

SCENARIO("faults 101: a page of another site can make no call, with a token or without") {
  GIVEN("a host that asks for no token, where this is all that keeps it safe") {
    HostFixture host({"hello"});
    host.create_backend("hello", "hello");
    host.create_endpoint("hello", "/hello", R"({"hello":1})");
    const std::string before = host.state();
    const std::uint16_t port = host.admin_port();
    const std::string path = "/v1/endpoints/hello/traffic";
    WHEN("it sends what a browser sends without asking") {
      THEN("that is refused, and no answer may be read by it") {
        const Fields origin{{"Origin", "https://attacker.example"}, text};
        const Fields site{{"Sec-Fetch-Site", "cross-site"}, text};
        const Fields form{{"Origin", "null"},
                          {"Content-Type", "application/x-www-form-urlencoded"}};
        for (const Fields& fields : {origin, site, form}) {
          CHECK(answer_to(port, request_text("POST", path, fields, traffic)) == "403 cross_site");
          CHECK(answer_to(port, request_text("PUT", path, fields, traffic)) == "403 cross_site");
          CHECK(answer_to(port, request_text("GET", "/v1/status", fields)) == "403 cross_site");
        }
        CHECK(answer_to(port, request_text("PUT", path, {text}, traffic)) ==
              "415 unsupported_media_type");
        CHECK(answer_to(port, request_text("PUT", path, {}, traffic)) ==
              "415 unsupported_media_type");
        CHECK(counted(host, "backplane_admin_csrf_refused_total") == "9");
        CHECK(host.state() == before);
      }
    }
    WHEN("it asks beforehand") {
      THEN("nothing is allowed to it") {
        const Fields preflight{{"Origin", "https://attacker.example"},
                               {"Access-Control-Request-Method", "PUT"}};
        CHECK(answer_to(port, request_text("OPTIONS", path, preflight)) == "403 cross_site");
        CHECK(answer_to(port, request_text("OPTIONS", path)) == "405 method_not_allowed");
        CHECK(host.state() == before);
      }
    }
    WHEN("a page that the listener itself served asks") {
      THEN("it is answered") {
        const Fields own{{"Origin", "http://localhost"}, {"Sec-Fetch-Site", "same-origin"}};
        RawClient client(port);
        const auto answer = client.ask(request_text("GET", "/v1/status", own));
        REQUIRE(answer.has_value());
        CHECK(answer->status == 200);
      }
    }
  }
}

SCENARIO("faults 102: a name that is not ours is answered 421, before any token is looked at") {
  GIVEN("a host that asks for tokens and has a name of its own") {
    SecuredHost host(
        [](HostConfig& config) { config.admin_host_names = {"admin.backplane.example"}; });
    const HostFixture& fixture = host.fixture();
    const std::string before = fixture.state();
    const std::uint16_t port = fixture.admin_port();
    const Fields token{bearer(host.deploy_token())};
    WHEN("a rebound name is called") {
      THEN("it is misdirected, with a good token and without") {
        for (const char* name : {"attacker.example", "attacker.example:8001",
                                 "127.0.0.1.attacker.example", "localhost.attacker.example"}) {
          CAPTURE(name);
          CHECK(answer_to(port, with_host("/v1/status", name, token)) == "421 misdirected");
          CHECK(answer_to(port, with_host("/v1/status", name, {})) == "421 misdirected");
        }
        // The authority of an absolute-form target is the one that counts.
        CHECK(answer_to(port, with_host("http://attacker.example/v1/status", "localhost", token)) ==
              "421 misdirected");
        CHECK(counted(fixture, "backplane_admin_bad_host_total") == "9");
        CHECK(counted(fixture, R"(backplane_auth_failures_total{reason="missing"})") == "0");
        CHECK(fixture.state() == before);
      }
    }
    WHEN("the configured name is called") {
      THEN("it is answered") {
        RawClient client(port);
        const auto answer = client.ask(with_host("/v1/status", "admin.backplane.example:1", token));
        REQUIRE(answer.has_value());
        CHECK(answer->status == 200);
      }
    }
  }
}

SCENARIO("faults 103: the data listener knows nothing of the admin API") {
  GIVEN("a host with an endpoint that answers to everything below /v1") {
    HostFixture host({"hello"});
    host.create_backend("hello", "hello");
    const std::string before = host.state();
    const std::uint16_t port = host.data_port();
    WHEN("admin paths are asked for on the data port, in whatever dress") {
      THEN("there is no such route") {
        for (const char* path : {"/v1/status", "//v1/status", "/%76%31/status", "/v1/status;x",
                                 "/V1/status", "/metrics", "/-/v1/status"}) {
          CAPTURE(path);
          CHECK(answer_to(port, request_text("GET", path)) == "404 no_route");
        }
        for (const char* path : {"/./v1/status", "/x/../v1/status", "/-/../v1/status"}) {
          CAPTURE(path);
          CHECK(answer_to(port, request_text("GET", path)) == "400 bad_target");
        }
        const std::string admin = "127.0.0.1:" + std::to_string(host.admin_port());
        CHECK(answer_to(port, with_host("http://" + admin + "/v1/status", admin, {})) ==
              "404 no_route");
        CHECK(answer_to(port, request_text("PUT", "/v1/endpoints/x", {json},
                                           R"({"route":"/x"})")) == "404 no_route");
        CHECK(host.state() == before);
      }
    }
    WHEN("an endpoint takes over an admin path there") {
      host.create_endpoint("over", "/v1/*", R"({"hello":1})");
      THEN("the data port serves the endpoint, and the admin port the admin API") {
        CHECK(host.get("/v1/status").body() == "hello serve!");
        CHECK(host.admin("GET", "/v1/status").at("/ready") == "true");
      }
    }
  }
}

TEST_SUITE("dashboard") {
  TEST_CASE("dashboard: a page that needs nothing from elsewhere and runs nothing but its own") {
    HostFixture host({"hello"});
    const Answer page = host.admin("GET", "/");
    CHECK(page.status() == 200);
    CHECK(page.header("Content-Type") == "text/html; charset=utf-8");
    const std::string policy = page.header("Content-Security-Policy");
    CHECK(policy.find("default-src 'none'") != std::string::npos);
    CHECK(policy.find("frame-ancestors 'none'") != std::string::npos);
    CHECK(page.body().find("//") == std::string::npos);
    const Answer script = host.admin("GET", "/dashboard.js");
    CHECK(script.header("Content-Type") == "text/javascript; charset=utf-8");
    // What is shown may hold anything that somebody called an endpoint or wrote into a plugin.
    for (const char* const markup :
         {"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write"}) {
      CHECK(script.body().find(markup) == std::string::npos);
    }
  }
}

}  // namespace backplane::host
