#include <string>

#include <doctest/doctest.h>

#include <backplane/testing.hpp>

TEST_SUITE("plugins") {
  TEST_CASE("echo: shows method, path, decoded query, headers and body as JSON") {
    backplane::TestReplica echo("echo");
    const auto answer = echo.send({.method = "POST",
                                   .path = "/echo/a%20b",
                                   .query = "arg1=1&arg2=a+b&arg1=%22",
                                   .body = R"({"x":1})",
                                   .content_type = "application/json",
                                   .headers = {{"X-Custom", "v"}}});
    CHECK(answer.body == R"({"method":"POST","path":"/echo/a%20b",)"
                         R"("query":[{"name":"arg1","value":"1"},{"name":"arg2","value":"a b"},)"
                         R"({"name":"arg1","value":"\""}],)"
                         R"("headers":[{"name":"X-Custom","value":"v"},)"
                         R"({"name":"Content-Type","value":"application/json"}],)"
                         R"("body":"{\"x\":1}"})");
    CHECK(answer.header("content-type") == "application/json");
  }

  TEST_CASE("echo: a binary body survives as base64") {
    backplane::TestReplica echo("echo");
    const auto answer = echo.send({.method = "PUT", .body = std::string("\x00\xff\x10", 3)});
    CHECK(answer.body ==
          R"({"method":"PUT","path":"/","query":[],"headers":[],"body_base64":"AP8Q"})");
    CHECK(echo.send({.body = std::string("a\0b", 3)}).body ==
          R"({"method":"GET","path":"/","query":[],"headers":[],"body":"a\u0000b"})");
  }

  TEST_CASE("echo: bytes in query and headers that are not UTF-8 survive as base64") {
    backplane::TestReplica echo("echo");
    const auto answer = echo.send({.query = "k=%ff", .headers = {{"X-Raw", "\xff"}}});
    CHECK(answer.body ==
          R"({"method":"GET","path":"/","query":[{"name":"k","value_base64":"/w=="}],)"
          R"("headers":[{"name":"X-Raw","value_base64":"/w=="}],"body":""})");
  }
}
