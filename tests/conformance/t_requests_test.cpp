#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "host/app/host.hpp"
#include "tests/support/host_fixture.hpp"
#include "tests/support/test_exchange.hpp"

namespace backplane::host {
namespace {

// One backend and endpoint /e that answers GET and POST with it.
void serve(const HostFixture& host, const std::string& handler) {
  host.create_backend(handler, handler);
  host.create_endpoint("e", "/e", R"({")" + handler + R"(":1})", R"(["GET","POST"])");
}

Answer call(const HostFixture& host, const std::string& method) {
  return host.data("GET", "/e", {{"X-Serve-Call-Method", method}});
}

}  // namespace

TEST_SUITE("requests") {
  TEST_CASE("T71: the call method names what is called, over HTTP and from inside") {
    HostFixture host({"ab"});
    serve(host, "ab");
    CHECK(call(host, "method").body() == "hello");

    TestExchange exchange;
    exchange.request.headers.push_back({"X-Serve-Call-Method", "method"});
    Router& router = host.host().local_router();
    router.handle_endpoint("e", exchange);
    router.flush();
    REQUIRE(exchange.wait());
    router.finish(exchange);
    CHECK(exchange.answer() == "200 hello");
  }

  TEST_CASE("T72: each named method answers, and one that is not there is said so") {
    HostFixture host({"ab", "hello2"});
    serve(host, "ab");
    CHECK(call(host, "a").body() == "a");
    CHECK(call(host, "b").body() == "b");
    const Answer unknown = call(host, "non_exist");
    CHECK(unknown.status() == 404);
    CHECK(unknown.detail().find("doesn't have method 'non_exist'") != std::string::npos);
    CHECK(call(host, "not a name").refusal() == "400 bad_header");
    // A handler that names no methods has none.
    host.create_backend("hello2", "hello2");
    host.set_traffic("e", R"({"hello2":1})");
    CHECK(host.get("/e").body() == "hello2");
    CHECK(call(host, "a").status() == 404);
    CHECK(call(host, "a").detail().find("doesn't have method 'a'") != std::string::npos);
  }

  TEST_CASE("T73: query arguments, headers, body and method reach the plugin") {
    HostFixture host({"echo"});
    serve(host, "echo");
    const std::string json = R"({"text":"caf\u00e9"})";
    const Answer answer =
        host.data("POST", "/e?arg1=1&arg2=2&arg2=%20x",
                  {{"X-Custom-Header", "value"}, {"Content-Type", "application/json"}}, json);
    REQUIRE(answer.status() == 200);
    CHECK(answer.text_at("/method") == "POST");
    CHECK(answer.text_at("/path") == "/e");
    CHECK(answer.at("/query") == R"([{"name":"arg1","value":"1"},{"name":"arg2","value":"2"},)"
                                 R"({"name":"arg2","value":" x"}])");
    CHECK(answer.text_at("/body") == json);
    CHECK(answer.at("/headers").find(R"({"name":"X-Custom-Header","value":"value"})") !=
          std::string::npos);
    CHECK(answer.at("/headers").find(R"("application/json")") != std::string::npos);
  }

  TEST_CASE("T74: values of a repeated header arrive joined with a comma") {
    HostFixture host({"echo"});
    serve(host, "echo");
    const Answer answer =
        host.data("GET", "/e", {{"X-Many", "one"}, {"X-Other", "x"}, {"x-many", "two"}});
    CHECK(answer.at("/headers").find(R"("value":"one,two")") != std::string::npos);
  }

  TEST_CASE("T75: what a handler returns decides the type of the answer") {
    HostFixture host({"typed"});
    serve(host, "typed");
    const Answer null = host.get("/e?as=null");
    CHECK(null.status() == 200);
    CHECK(null.body().empty());
    CHECK(null.header("Content-Length") == "0");
    CHECK(null.header("Content-Type").empty());
    const Answer text = host.get("/e?as=string");
    CHECK(text.body() == "text \xc3\xa9");
    CHECK(text.header("Content-Type") == "text/plain; charset=utf-8");
    const Answer bytes = host.get("/e?as=bytes");
    CHECK(bytes.body() == std::string("\0\xff", 2));
    CHECK(bytes.header("Content-Type") == "application/octet-stream");
    const Answer object = host.get("/e?as=object");
    CHECK(object.body() == R"({"a":1})");
    CHECK(object.header("Content-Type") == "application/json");
  }

  TEST_CASE("T76: nested binary and numeric arrays become JSON") {
    HostFixture host({"typed"});
    serve(host, "typed");
    const Answer answer = host.get("/e?as=nested");
    CHECK(answer.at("/tensor/shape") == "[1,2]");
    CHECK(answer.at("/tensor/weights") == "[0.5,-1,1e+100]");
    CHECK(answer.text_at("/tensor/raw") == "AP8Q");
  }

  TEST_CASE("T77: a throwing handler is a 500 with a request id, and the next request is fine") {
    HostFixture host({"thr", "hello"});
    serve(host, "thr");
    host.create_backend("hello", "hello");
    host.create_endpoint("hello", "/hello", R"({"hello":1})");
    const Answer failed = host.data("GET", "/e", {{"X-Request-Id", "my-request-1"}});
    CHECK(failed.refusal() == "500 handler_error");
    CHECK(failed.text_at("/request_id") == "my-request-1");
    CHECK(failed.header("X-Request-Id") == "my-request-1");
    CHECK(host.admin("GET", "/v1/backends/thr").at("/stats/failures") == "1");
    CHECK(host.get("/e?int").refusal() == "500 handler_error");
    CHECK(host.get("/e?error=busy").refusal() == "503 unavailable");
    CHECK(host.admin("GET", "/v1/backends/thr").at("/stats/failures") == "3");
    CHECK(host.admin("GET", "/v1/backends/thr").at("/stats/requests") == "3");
    CHECK(host.get("/hello").status() == 200);
  }
}

}  // namespace backplane::host
