#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/support/host_fixture.hpp"
#include "tests/support/metrics_text.hpp"

namespace backplane::host {
namespace {

const std::string backend = R"({"plugin":"hello","handler":"hello"})";

std::string backend_of(const std::string& plugin) {
  return R"({"plugin":")" + plugin + R"(","handler":"hello"})";
}

}  // namespace

SCENARIO("faults 104: no name leads out of the plugin directory") {
  GIVEN("a host, and a plugin beside its plugin directory") {
    HostFixture host({"hello"});
    host.add_plugin("hello", "../outside");
    std::filesystem::create_symlink("../outside.so", host.plugin_directory() / "linked.so");
    WHEN("a path asks for what is outside") {
      THEN("there is no such name") {
        for (const char* name :
             {"..%2foutside", "%2e%2e%2foutside", ".%2e%2foutside", "..%5coutside",
              "%2fetc%2fpasswd", "..", "%2e%2e", "hello%00", ".hidden"}) {
          CAPTURE(name);
          for (const char* kind : {"plugins", "backends", "endpoints"}) {
            const std::string path = "/v1/" + std::string(kind) + "/" + name;
            const std::string refusal = host.refused("GET", path);
            CHECK_MESSAGE((refusal.starts_with("400 ") || refusal.starts_with("404 ")), refusal);
          }
        }
      }
    }
    WHEN("a body does") {
      THEN("it is no plugin's name, and a link is followed nowhere") {
        for (const char* plugin : {"../outside", "/etc/passwd", "..", "", "hello/../hello",
                                   "hello\\u0000", "hello.so/../../outside"}) {
          CAPTURE(plugin);
          const std::string refusal = host.refused("PUT", "/v1/backends/a", backend_of(plugin));
          CHECK_MESSAGE((refusal.starts_with("400 ") || refusal.starts_with("422 ")), refusal);
        }
        const std::string linked = host.refused("PUT", "/v1/backends/a", backend_of("linked"));
        CHECK_MESSAGE(linked.starts_with("422 "), linked);
      }
    }
  }
}

SCENARIO("faults 105: what comes back in an answer's head cannot make a line of its own") {
  GIVEN("a host") {
    HostFixture host({"hello"});
    WHEN("a request id is one that may stand in a head") {
      const std::string id = "Trace_1.2-3";
      THEN("it comes back") {
        RawClient client(host.admin_port());
        const auto answer = client.ask(request_text("GET", "/v1/status", {{"X-Request-Id", id}}));
        REQUIRE(answer.has_value());
        CHECK(answer->header("X-Request-Id") == id);
      }
    }
    WHEN("it is not") {
      THEN("another one stands in its place, and no field beside it") {
        for (const std::string& id :
             {std::string("a b"), std::string("a\tb"), std::string("a%0d%0aX-Evil:%201"),
              std::string("<script>"), std::string(65, 'a'), std::string("\xc3\xa4")}) {
          CAPTURE(id);
          RawClient client(host.admin_port());
          const auto answer = client.ask(request_text("GET", "/nowhere", {{"X-Request-Id", id}}));
          REQUIRE(answer.has_value());
          CHECK(answer->header("X-Request-Id").size() == 16);
          CHECK(answer->header("X-Evil") == "");
          CHECK(answer->body.find(id) == std::string::npos);
        }
      }
    }
    WHEN("a path, a method or a name would make a line, were it echoed") {
      THEN("it is refused or escaped") {
        RawClient client(host.admin_port());
        const auto answer = client.ask(request_text("GET", "/v1/backends/%0d%0aX-Evil:%201"));
        REQUIRE(answer.has_value());
        CHECK(answer->header("X-Evil") == "");
        CHECK(answer->body.find('\r') == std::string::npos);
      }
    }
  }
}

SCENARIO("faults 107: what clients choose never becomes a series of the metrics page") {
  GIVEN("a host that serves hello") {
    HostFixture host({"hello"});
    host.create_backend("hello", "hello");
    host.create_endpoint("hello", "/hello", R"({"hello":1})");
    CHECK(host.get("/hello").status() == 200);
    CHECK(host.get("/random-0").status() == 404);
    CHECK(host.data("BREW", "/hello").status() == 501);
    CHECK(host.data("PUT", "/hello").status() == 405);
    const std::size_t before = MetricsText(host.admin("GET", "/metrics").body()).series();
    WHEN("a thousand paths, methods and tags are tried that it does not know") {
      for (int i = 0; i < 300; ++i) {
        const std::string number = std::to_string(i);
        CHECK(host.get("/random-" + number).status() == 404);
        CHECK(host.data("BREW" + number, "/hello").status() == 501);
        host.admin("GET", "/v1/backends/none-" + number);
        host.admin("GET", "/v1/%22%7d%20evil" + number);
      }
      THEN("the page has no line more") {
        CHECK(MetricsText(host.admin("GET", "/metrics").body()).series() == before);
      }
    }
  }
}

}  // namespace backplane::host
