#include <doctest/doctest.h>

#include <backplane/testing.hpp>

TEST_SUITE("plugins") {
  TEST_CASE("hello: greets the name in the query, and the server without one") {
    backplane::TestReplica hello("hello");
    CHECK(hello.send().body == "hello serve!");
    CHECK(hello.send({.query = "name=ray"}).body == "hello ray");
    CHECK(hello.send({.query = "other=1&name=Ada+L%C3%B8velace"}).body ==
          "hello Ada L\u00f8velace");
    CHECK(hello.send({.query = "name="}).body == "hello ");
    CHECK(hello.send().header("content-type") == "text/plain; charset=utf-8");
  }

  TEST_CASE("hello: has nothing to construct, so it refuses init") {
    CHECK_THROWS_WITH_AS(backplane::TestReplica("hello", {.init = R"({"a":1})"}),
                         "handler 'hello' takes no constructor arguments (init)", backplane::Error);
  }
}
