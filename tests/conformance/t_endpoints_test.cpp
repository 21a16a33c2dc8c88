#include <doctest/doctest.h>

#include "host/app/host.hpp"
#include "host/base/clock.hpp"
#include "tests/support/host_fixture.hpp"
#include "tests/support/plugin_gate.hpp"
#include "tests/support/test_exchange.hpp"
#include "tests/support/wait_for.hpp"

namespace backplane::host {
namespace {

// What an endpoint answers to code inside the host, which needs no route.
std::string ask_inside(HostFixture& host, std::string_view endpoint) {
  TestExchange exchange;
  Router& router = host.host().local_router();
  router.handle_endpoint(endpoint, exchange);
  router.flush();
  REQUIRE(exchange.wait());
  router.finish(exchange);
  router.flush();
  return exchange.answer();
}

constexpr const char* kHeadless = R"({"route":null,"traffic":{"hello":1}})";

}  // namespace

TEST_SUITE("endpoints") {
  TEST_CASE("T01: an endpoint answers its methods and is the one listed route") {
    HostFixture host({"meth"});
    host.create_backend("meth", "meth");
    host.create_endpoint("endpoint", "/api", R"({"meth":1})", R"(["GET","POST"])");
    CHECK(host.get("/-/routes").at("") == R"({"/api":["endpoint",["GET","POST"]]})");
    CHECK(host.get("/api").body() == "GET");
    CHECK(host.data("POST", "/api").body() == "POST");
  }

  TEST_CASE("T02: the first request after the start succeeds without polling") {
    HostFixture host({"hello"});
    host.create_backend("hello", "hello");
    host.create_endpoint("hello", "/hello", R"({"hello":1})");
    CHECK(host.get("/hello").body() == "hello serve!");
  }

  TEST_CASE("T03: a second endpoint on a taken route is refused") {
    HostFixture host({"hello", "hello2"});
    host.create_backend("hello", "hello");
    host.create_backend("hello2", "hello2");
    host.create_endpoint("bar", "/foo", R"({"hello":1})");
    CHECK(host.refused("PUT", "/v1/endpoints/foo", R"({"route":"/foo","traffic":{"hello2":1}})") ==
          "409 route_conflict");
    CHECK(host.get("/foo").body() == "hello serve!");
  }

  TEST_CASE("T04: a second endpoint of a taken name is refused") {
    HostFixture host({"hello"});
    host.create_backend("hello", "hello");
    host.create_endpoint("foo", "/ok", R"({"hello":1})");
    CHECK(host.refused("PUT", "/v1/endpoints/foo",
                       R"({"route":"/different","traffic":{"hello":1}})") == "409 endpoint_exists");
    CHECK(host.get("/different").status() == 404);
    CHECK(host.get("/ok").status() == 200);
  }

  TEST_CASE("T05: creating the identical endpoint again changes nothing") {
    HostFixture host({"hello"});
    host.create_backend("hello", "hello");
    host.create_endpoint("e", "/e", R"({"hello":1})");
    const std::string before = host.state();
    const Answer again = host.admin("PUT", "/v1/endpoints/e",
                                    R"({"route":"/e","methods":["GET"],"traffic":{"hello":1}})");
    CHECK(again.status() == 200);
    CHECK(host.state() == before);
  }

  TEST_CASE("T06: the same name and route with other traffic is refused") {
    HostFixture host({"hello", "hello2"});
    host.create_backend("b1", "hello");
    host.create_backend("b2", "hello2");
    host.create_endpoint("test", "/test", R"({"b1":1})");
    CHECK(host.refused("PUT", "/v1/endpoints/test", R"({"route":"/test","traffic":{"b2":1}})") ==
          "409 endpoint_exists");
    CHECK(host.get("/test").body() == "hello serve!");
  }

  TEST_CASE("T07: the same name and route with other methods is refused") {
    HostFixture host({"hello"});
    host.create_backend("hello", "hello");
    host.create_endpoint("e", "/e", R"({"hello":1})");
    CHECK(host.refused("PUT", "/v1/endpoints/e",
                       R"({"route":"/e","methods":["POST"],"traffic":{"hello":1}})") ==
          "409 endpoint_exists");
    CHECK(host.data("POST", "/e").status() == 405);
  }

  TEST_CASE("T08: an endpoint of a bad or unknown backend leaves nothing behind") {
    HostFixture host({"hello"});
    host.create_backend("hello", "hello");
    const auto refused = [&host](const std::string& traffic) {
      return host.refused("PUT", "/v1/endpoints/e", R"({"route":"/e","traffic":)" + traffic + "}");
    };
    CHECK(refused("1") == "422 invalid_weights");
    CHECK(refused(R"("hello")") == "422 invalid_weights");
    CHECK(refused(R"(["hello"])") == "422 invalid_weights");
    CHECK(refused(R"({"hello":"1"})") == "422 invalid_weights");
    CHECK(refused(R"({"nobody":1})") == "422 unknown_backend");
    CHECK(refused(R"({"hello":1)") == "400 invalid_json");
    CHECK(host.get("/e").status() == 404);
    host.create_endpoint("e", "/e", R"({"hello":1})");
    CHECK(host.get("/e").status() == 200);
  }

  TEST_CASE("T09: a route that does not begin with a slash is refused") {
    HostFixture host({});
    CHECK(host.refused("PUT", "/v1/endpoints/e", R"({"route":"api"})") == "422 bad_route");
    CHECK(host.refused("PUT", "/v1/endpoints/e", R"({"route":""})") == "422 bad_route");
    CHECK(host.refused("PUT", "/v1/endpoints/e", R"({"route":"/a/../b"})") == "422 bad_route");
    const Answer wrong_type = host.admin("PUT", "/v1/endpoints/e", R"({"route":5})");
    CHECK(wrong_type.status() == 422);
    CHECK(wrong_type.text_at("/pointer") == "/route");
  }

  TEST_CASE("T10: methods that are no list of method names are refused") {
    HostFixture host({});
    for (const char* const methods :
         {R"("GET")", R"({"GET":1})", R"(["GET",5])", R"(["GET",null])", R"(["FETCH"])", "[]"}) {
      CAPTURE(methods);
      const std::string body = R"({"route":"/e","methods":)" + std::string(methods) + "}";
      CHECK(host.refused("PUT", "/v1/endpoints/e", body) == "422 invalid_argument");
    }
  }

  TEST_CASE("T11: methods in lower case are kept in upper case") {
    HostFixture host({"meth"});
    host.create_backend("meth", "meth");
    host.create_endpoint("e", "/e", R"({"meth":1})", R"(["get","post"])");
    CHECK(host.admin("GET", "/v1/endpoints/e").at("/methods") == R"(["GET","POST"])");
    CHECK(host.data("POST", "/e").body() == "POST");
  }

  TEST_CASE("T12: an endpoint without methods answers GET and says so") {
    HostFixture host({"hello"});
    host.create_backend("hello", "hello");
    const Answer made =
        host.admin("PUT", "/v1/endpoints/e", R"({"route":"/e","traffic":{"hello":1}})");
    REQUIRE(made.status() == 201);
    CHECK(host.get("/e").status() == 200);
    const Answer refused = host.data("POST", "/e");
    CHECK(refused.refusal() == "405 method_not_allowed");
    CHECK(refused.header("Allow") == "GET, HEAD");
    CHECK(refused.detail().find("GET, HEAD") != std::string::npos);
  }

  TEST_CASE("T13: an unknown path is answered 404 and told where the routes are") {
    HostFixture host({});
    const Answer answer = host.get("/nothing/here");
    CHECK(answer.refusal() == "404 no_route");
    CHECK(answer.detail().find("/nothing/here") != std::string::npos);
    CHECK(answer.detail().find("/-/routes") != std::string::npos);
  }

  TEST_CASE("T14: a trailing slash makes another path") {
    HostFixture host({"hello"});
    host.create_backend("hello", "hello");
    host.create_endpoint("e", "/api", R"({"hello":1})");
    CHECK(host.get("/api/").status() == 404);
    CHECK(host.get("/api").status() == 200);
  }

  TEST_CASE("T15: HEAD runs the handler of GET and leaves out the body") {
    HostFixture host({"meth", "count"});
    host.create_backend("meth", "meth");
    host.create_backend("count", "count");
    host.create_endpoint("meth", "/meth", R"({"meth":1})");
    host.create_endpoint("count", "/count", R"({"count":1})");
    RawClient client(host.data_port());
    REQUIRE(client.send(request_text("HEAD", "/meth") + request_text("GET", "/meth")));
    const auto head = client.read_response(true);
    REQUIRE(head.has_value());
    CHECK(head->status == 200);
    // The length of the answer "HEAD": the handler saw that method.
    CHECK(head->header("Content-Length") == "4");
    // A body would stand where this answer must begin.
    const auto next = client.read_response();
    REQUIRE(next.has_value());
    CHECK(next->head.starts_with("HTTP/1.1 200 "));
    CHECK(next->body == "GET");
    CHECK(host.data("HEAD", "/count").status() == 200);
    CHECK(host.get("/count").body() == "2");
  }

  TEST_CASE("T16: an endpoint without a route is reachable from inside only") {
    HostFixture host({"hello"});
    host.create_backend("hello", "hello");
    REQUIRE(host.admin("PUT", "/v1/endpoints/headless", kHeadless).status() == 201);
    CHECK(host.get("/headless").status() == 404);
    CHECK(host.get("/-/routes").at("") == "{}");
    CHECK(ask_inside(host, "headless") == "200 hello serve!");
  }

  TEST_CASE("T17: an endpoint can be deleted and created again") {
    HostFixture host({"hello"});
    host.create_backend("hello", "hello");
    host.create_endpoint("e", "/e", R"({"hello":1})");
    REQUIRE(host.admin("DELETE", "/v1/endpoints/e").status() == 200);
    host.create_endpoint("e", "/e", R"({"hello":1})");
    CHECK(host.get("/e").body() == "hello serve!");
  }

  TEST_CASE("T18: an endpoint without a route can be deleted and created again") {
    HostFixture host({"hello"});
    host.create_backend("hello", "hello");
    REQUIRE(host.admin("PUT", "/v1/endpoints/headless", kHeadless).status() == 201);
    REQUIRE(host.admin("DELETE", "/v1/endpoints/headless").status() == 200);
    CHECK(ask_inside(host, "headless").starts_with("404"));
    REQUIRE(host.admin("PUT", "/v1/endpoints/headless", kHeadless).status() == 201);
    CHECK(ask_inside(host, "headless") == "200 hello serve!");
  }

  TEST_CASE("T19: deleting an endpoint leaves its backend") {
    HostFixture host({"count"});
    host.create_backend("count", "count");
    host.create_endpoint("first", "/first", R"({"count":1})");
    REQUIRE(host.get("/first").body() == "1");
    REQUIRE(host.admin("DELETE", "/v1/endpoints/first").status() == 200);
    host.create_endpoint("second", "/second", R"({"count":1})");
    CHECK(host.get("/second").body() == "2");
  }

  TEST_CASE("faults 65: what is in flight when its endpoint is deleted is answered") {
    HostFixture host({"gate"});
    PluginGate gate(host.directory());
    host.create_backend("g", "gate", "{}", gate.init_json());
    host.create_endpoint("e", "/e", R"({"g":1})");
    PendingAnswer held = host.get_async("/e");
    REQUIRE(gate.wait_entered());
    REQUIRE(host.admin("DELETE", "/v1/endpoints/e").status() == 200);
    CHECK(host.get("/e").refusal() == "404 no_route");
    gate.open();
    CHECK(held.get().status() == 200);
    CHECK(host.admin("GET", "/v1/backends/g").status() == 200);
  }

  TEST_CASE("T20: deleting an unknown endpoint is answered 404 and changes nothing") {
    HostFixture host({"hello"});
    host.create_backend("hello", "hello");
    host.create_endpoint("e", "/e", R"({"hello":1})");
    CHECK(host.refused("DELETE", "/v1/endpoints/other") == "404 unknown_endpoint");
    CHECK(host.get("/e").status() == 200);
  }

  TEST_CASE("T21: an endpoint without traffic can be deleted") {
    HostFixture host({});
    host.create_endpoint("e", "/e", "{}");
    REQUIRE(host.get("/e").refusal() == "503 no_traffic");
    CHECK(host.admin("DELETE", "/v1/endpoints/e").status() == 200);
    CHECK(host.get("/e").refusal() == "404 no_route");
  }

  TEST_CASE("T22: no request is served once the deletion has been acknowledged") {
    HostFixture host({"hello"});
    host.create_backend("hello", "hello");
    for (int i = 0; i < 20; ++i) {
      host.create_endpoint("e", "/e", R"({"hello":1})");
      REQUIRE(host.tally("/e", 8) == std::map<std::string, int>{{"hello serve!", 8}});
      REQUIRE(host.admin("DELETE", "/v1/endpoints/e").status() == 200);
      CHECK(host.tally("/e", 8) == std::map<std::string, int>{{"404 no_route", 8}});
    }
  }

  TEST_CASE("T23: a request to an endpoint without traffic does not outlive it") {
    HostFixture host({});
    // The machine may stop for longer than the promise allows, but not each time.
    CHECK(wait_for([&host] {
      host.create_endpoint("e", "/e", "{}");
      PendingAnswer waiting = host.get_async("/e");
      REQUIRE(host.admin("DELETE", "/v1/endpoints/e").status() == 200);
      const TimePoint deleted = Clock::now();
      const int status = waiting.get().status();
      CHECK((status == 503 || status == 404));
      return Clock::now() - deleted < std::chrono::milliseconds(100);
    }));
  }
}

}  // namespace backplane::host
