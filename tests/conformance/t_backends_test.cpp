#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "tests/support/host_fixture.hpp"
#include "tests/support/plugin_gate.hpp"

namespace backplane::host {
namespace {

std::string backend(const std::string& plugin, const std::string& handler,
                    const std::string& rest = "") {
  return R"({"plugin":")" + plugin + R"(","handler":")" + handler + "\"" + rest + "}";
}

// `body` is refused as backend x, with these words in its detail, and none is there afterwards.
void check_no_backend(HostFixture& host, const std::string& body, const std::string& refusal,
                      const std::string& words) {
  CAPTURE(body);
  CHECK(host.refused("PUT", "/v1/backends/x", body) == refusal);
  const Answer again = host.admin("PUT", "/v1/backends/x", body);
  CHECK_MESSAGE(again.detail().find(words) != std::string::npos, again.detail());
  CHECK(host.admin("GET", "/v1/backends").at("/backends") == "{}");
}

}  // namespace

TEST_SUITE("backends") {
  TEST_CASE("T24, faults 64: a backend with traffic cannot be deleted") {
    HostFixture host({"hello", "hello2"});
    host.create_backend("a", "hello");
    host.create_backend("b", "hello2");
    host.create_endpoint("e", "/e", R"({"a":1})");
    CHECK(host.refused("DELETE", "/v1/backends/a") == "409 backend_in_use");
    host.set_traffic("e", R"({"a":0.5,"b":0.5})");
    CHECK(host.refused("DELETE", "/v1/backends/a") == "409 backend_in_use");
    const Answer refused = host.admin("DELETE", "/v1/backends/a");
    CHECK(refused.detail().find("'e'") != std::string::npos);
    host.set_traffic("e", R"({"b":1})");
    CHECK(host.admin("DELETE", "/v1/backends/a").status() == 200);
    CHECK(host.get("/e").body() == "hello2");
  }

  TEST_CASE("T25: traffic cannot be sent to a deleted backend") {
    HostFixture host({"hello", "hello2"});
    host.create_backend("a", "hello");
    host.create_backend("b", "hello2");
    host.create_endpoint("e", "/e", R"({"b":1})");
    REQUIRE(host.admin("DELETE", "/v1/backends/a").status() == 200);
    CHECK(host.refused("PUT", "/v1/endpoints/e/traffic", R"({"a":1})") == "422 unknown_backend");
    CHECK(host.get("/e").body() == "hello2");
  }

  TEST_CASE("T26: the tag of a deleted backend can be used for another handler") {
    HostFixture host({"hello", "hello2"});
    host.create_backend("a", "hello");
    host.create_endpoint("e", "/e", R"({"a":1})");
    REQUIRE(host.get("/e").body() == "hello serve!");
    REQUIRE(host.admin("DELETE", "/v1/endpoints/e").status() == 200);
    REQUIRE(host.admin("DELETE", "/v1/backends/a").status() == 200);
    host.create_backend("a", "hello2");
    host.create_endpoint("e", "/e", R"({"a":1})");
    const Answer answer = host.get("/e");
    CHECK(answer.body() == "hello2");
    CHECK(answer.header("Backplane-Backend") == "a@2");
  }

  TEST_CASE("T27: a backend that is only a shadow cannot be deleted") {
    HostFixture host({"hello", "hello2"});
    host.create_backend("a", "hello");
    host.create_backend("shadow", "hello2");
    REQUIRE(host.admin("PUT", "/v1/endpoints/e",
                       R"({"route":"/e","traffic":{"a":1},"shadows":{"shadow":0.5}})")
                .status() == 201);
    CHECK(host.refused("DELETE", "/v1/backends/shadow") == "409 backend_in_use");
  }

  TEST_CASE("T28: a backend of weight 0 is in use") {
    HostFixture host({"hello", "hello2"});
    host.create_backend("a", "hello");
    host.create_backend("b", "hello2");
    host.create_endpoint("e", "/e", R"({"a":1,"b":0.0})");
    CHECK(host.refused("DELETE", "/v1/backends/b") == "409 backend_in_use");
  }

  TEST_CASE("T29: deleting an unknown backend is answered 404 and changes nothing") {
    HostFixture host({"hello"});
    host.create_backend("a", "hello");
    CHECK(host.refused("DELETE", "/v1/backends/other") == "404 unknown_backend");
  }

  TEST_CASE("T30: the list of backends shows their configuration and shrinks") {
    HostFixture host({"bsize", "hello"});
    host.create_backend("b1", "bsize", R"({"max_batch_size":10})");
    host.create_backend("b2", "hello", R"({"num_replicas":10})");
    const Answer both = host.admin("GET", "/v1/backends");
    CHECK(both.at("/backends/b1/config/max_batch_size") == "10");
    CHECK(both.at("/backends/b1/config/num_replicas") == "1");
    CHECK(both.at("/backends/b2/config/num_replicas") == "10");
    CHECK(both.text_at("/backends/b2/plugin") == "hello");
    REQUIRE(host.admin("DELETE", "/v1/backends/b1").status() == 200);
    const Answer one = host.admin("GET", "/v1/backends");
    CHECK(one.at("/backends/b1").empty());
    CHECK(one.at("/backends/b2/config/num_replicas") == "10");
    REQUIRE(host.admin("DELETE", "/v1/backends/b2").status() == 200);
    CHECK(host.admin("GET", "/v1/backends").at("/backends") == "{}");
  }

  TEST_CASE("T31: the list of endpoints shows routes, methods, traffic and shadows") {
    HostFixture host({"hello", "hello2"});
    host.create_backend("a", "hello");
    host.create_backend("b", "hello2");
    REQUIRE(host.admin("PUT", "/v1/endpoints/routed",
                       R"({"route":"/r","methods":["GET","POST"],"traffic":{"a":0.5,"b":0.5}})")
                .status() == 201);
    REQUIRE(
        host.admin("PUT", "/v1/endpoints/headless", R"({"traffic":{"a":1},"shadows":{"b":0.25}})")
            .status() == 201);
    const Answer both = host.admin("GET", "/v1/endpoints");
    CHECK(both.at("/endpoints/routed/route") == R"("/r")");
    CHECK(both.at("/endpoints/routed/methods") == R"(["GET","POST"])");
    CHECK(both.at("/endpoints/routed/traffic") == R"({"a":0.5,"b":0.5})");
    CHECK(both.at("/endpoints/routed/shadows") == "{}");
    CHECK(both.at("/endpoints/headless/route") == "null");
    CHECK(both.at("/endpoints/headless/shadows") == R"({"b":0.25})");
    REQUIRE(host.admin("DELETE", "/v1/endpoints/routed").status() == 200);
    const Answer one = host.admin("GET", "/v1/endpoints");
    CHECK(one.at("/endpoints/routed").empty());
    CHECK(one.at("/endpoints/headless/methods") == R"(["GET"])");
    REQUIRE(host.admin("DELETE", "/v1/endpoints/headless").status() == 200);
    CHECK(host.admin("GET", "/v1/endpoints").at("/endpoints") == "{}");
  }

  TEST_CASE("T32: an existing tag is refused and its old code keeps serving") {
    HostFixture host({"hello", "hello2"});
    host.create_backend("a", "hello");
    host.create_endpoint("e", "/e", R"({"a":1})");
    CHECK(host.refused("PUT", "/v1/backends/a", backend("hello2", "hello2")) ==
          "409 backend_exists");
    CHECK(host.refused("PUT", "/v1/backends/a",
                       backend("hello", "hello", R"(,"config":{"num_replicas":2})")) ==
          "409 backend_exists");
    CHECK(host.get("/e").body() == "hello serve!");
    // The same again is not another one.
    CHECK(host.admin("PUT", "/v1/backends/a", backend("hello", "hello")).status() == 200);
  }

  TEST_CASE("T33: a function handler takes no constructor arguments") {
    HostFixture host({"hello"});
    check_no_backend(host, backend("hello", "hello", R"(,"init":{"n":1})"),
                     "422 backend_init_failed", "takes no constructor arguments");
  }

  TEST_CASE("T34: a class handler is constructed with its init argument") {
    HostFixture host({"add"});
    host.create_backend("add", "add", "{}", R"({"n":3})");
    host.create_endpoint("add", "/add", R"({"add":1})");
    CHECK(host.get("/add?value=333").body() == "336");
    CHECK(host.get("/add?value=444").body() == "447");
    CHECK(host.get("/add?value=555").body() == "558");
  }

  TEST_CASE("T35: a missing plugin, a missing handler and what is no plugin register nothing") {
    HostFixture host({"hello", "null_entry", "bad_magic", "no_handlers", "no_note"});
    check_no_backend(host, backend("nowhere", "hello"), "422 unknown_plugin", "'nowhere.so'");
    check_no_backend(host, backend("hello", "missing"), "422 unknown_handler", "'missing'");
    CHECK(host.admin("PUT", "/v1/backends/x", backend("hello", "missing")).text_at("/pointer") ==
          "/handler");
    check_no_backend(host, R"({"plugin":"hello"})", "422 missing_field", "'handler'");
    check_no_backend(host, R"({"plugin":5,"handler":"hello"})", "422 invalid_argument", "a string");
    check_no_backend(host, backend("../hello", "hello"), "422 bad_plugin_name", "'../hello'");
    for (const char* const plugin : {"null_entry", "bad_magic", "no_handlers", "no_note"}) {
      CAPTURE(plugin);
      const Answer refused = host.admin("PUT", "/v1/backends/x", backend(plugin, plugin));
      CHECK(refused.status() == 422);
      CHECK(refused.detail().find(plugin) != std::string::npos);
    }
    CHECK(host.admin("GET", "/v1/backends").at("/backends") == "{}");
    host.create_backend("x", "hello");
  }

  TEST_CASE("T36: resource options are not known and negative counts are refused") {
    HostFixture host({"hello"});
    for (const char* const option : {R"("num_cpus":1)", R"("num_cpus":-1)", R"("num_gpus":1)",
                                     R"("resources":{"num_cpus":1})"}) {
      const std::string inside = R"(,"config":{)" + std::string(option) + "}";
      const std::string name = std::string(option).substr(1, std::string(option).find(':') - 2);
      check_no_backend(host, backend("hello", "hello", inside), "422 unknown_field", name);
      check_no_backend(host, backend("hello", "hello", "," + std::string(option)),
                       "422 unknown_field", name);
    }
    check_no_backend(host, backend("hello", "hello", R"(,"config":{"num_replicas":-1})"),
                     "422 invalid_argument", "num_replicas");
  }

  TEST_CASE("T37: an unknown key of a configuration is refused by its name") {
    HostFixture host({"hello"});
    check_no_backend(host, backend("hello", "hello", R"(,"config":{"num_replica":2})"),
                     "422 unknown_field", "num_replica");
  }

  TEST_CASE("T38: a number of replicas is an integer of at least 1") {
    HostFixture host({"hello"});
    for (const char* const number : {R"("hello")", "-1", "0", "1.5", "1000000000"}) {
      check_no_backend(
          host,
          backend("hello", "hello", R"(,"config":{"num_replicas":)" + std::string(number) + "}"),
          "422 invalid_argument", "num_replicas");
    }
  }

  TEST_CASE("T47: more replicas than the host has room for leave none behind") {
    HostFixture host({"hello"}, [](HostConfig& config) { config.app_limits.max_replicas = 4; });
    check_no_backend(host, backend("hello", "hello", R"(,"config":{"num_replicas":5})"),
                     "422 invalid_argument", "num_replicas");
    host.create_backend("four", "hello", R"({"num_replicas":4})");
    CHECK(host.refused("PATCH", "/v1/backends/four", R"({"config":{"num_replicas":5}})") ==
          "422 invalid_argument");
    CHECK(host.admin("GET", "/v1/backends/four").at("/stats/replicas") == "4");
  }

  TEST_CASE("T39: a batch size is an integer of at least 1 and fits the handler") {
    HostFixture host({"hello", "bsize"});
    const auto with = [](const std::string& plugin, const std::string& size) {
      return backend(plugin, plugin, R"(,"config":{"max_batch_size":)" + size + "}");
    };
    check_no_backend(host, with("hello", "10"), "422 batch_size_not_supported",
                     "is not batch-capable");
    for (const char* const size : {"1.0", R"("hello")", "0", "-1", "null", "true", "1e1"}) {
      check_no_backend(host, with("bsize", size), "422 invalid_argument", "max_batch_size");
    }
    const Answer refused = host.admin("PUT", "/v1/backends/x", with("hello", "10"));
    CHECK(refused.text_at("/pointer") == "/config/max_batch_size");
    host.create_backend("one", "hello", R"({"max_batch_size":1})");
    host.create_backend("ten", "bsize", R"({"max_batch_size":10})");
  }

  TEST_CASE("T92: a request that a batch handler refuses fails alone, and the next one is served") {
    HostFixture host({"bitem"});
    host.create_backend("b", "bitem", R"({"max_batch_size":8})");
    host.create_endpoint("b", "/b", R"({"b":1})");
    CHECK(host.get("/b?fail=1").status() == 400);
    CHECK(host.get("/b").body() == "item 1");
  }

  TEST_CASE("T96: as many requests as a backend has replicas are in flight together") {
    HostFixture host({"gate"});
    PluginGate gate(host.directory());
    host.create_backend("g", "gate", R"({"num_replicas":10})", gate.init_json());
    host.create_endpoint("g", "/g", R"({"g":1})");
    std::vector<PendingAnswer> waiting;
    waiting.reserve(10);
    for (int i = 0; i < 10; ++i) waiting.push_back(host.get_async("/g"));
    // A barrier: nobody is let go before all ten are inside.
    REQUIRE(gate.wait_entered(10));
    gate.open(10);
    for (PendingAnswer& pending : waiting) CHECK(pending.get().body() == "1");
  }

  TEST_CASE("T44: replicas are constructed in parallel") {
    HostFixture host({"ctorgate"});
    // No constructor returns before both have been entered.
    host.create_backend("gate", "ctorgate", R"({"num_replicas":2})", R"({"replicas":2})");
    host.create_endpoint("e", "/e", R"({"gate":1})");
    CHECK(host.get("/e").body() == "open");
  }

  TEST_CASE("T45: a failing constructor is reported and leaves its tag free") {
    HostFixture host({"ctorfail", "hello"});
    check_no_backend(host, backend("ctorfail", "ctorfail"), "422 backend_init_failed",
                     "model file missing");
    host.create_backend("x", "hello");
    host.create_endpoint("e", "/e", R"({"x":1})");
    CHECK(host.get("/e").status() == 200);
  }

  TEST_CASE("T46: a constructor that blocks delays nobody else and is given up") {
    HostFixture host({"ctorgate", "hello"}, [](HostConfig& config) {
      config.init_timeout = std::chrono::milliseconds(3000);
    });
    // Two are wanted and one is made: it waits for ever.
    PendingAnswer blocked =
        host.admin_async("PUT", "/v1/backends/blocked",
                         backend("ctorgate", "ctorgate", R"(,"init":{"replicas":2})"));
    host.create_backend("hello", "hello");
    host.create_endpoint("e", "/e", R"({"hello":1})");
    CHECK(host.get("/e").status() == 200);
    CHECK(blocked.get().refusal() == "504 init_timeout");
    CHECK(host.admin("GET", "/v1/backends/blocked").status() == 404);
    // The second of two lets the first one out.
    host.create_backend("second", "ctorgate", "{}", R"({"replicas":2})");
  }
}

}  // namespace backplane::host
