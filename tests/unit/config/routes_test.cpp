#include "host/config/routes.hpp"

#include <string>
#include <string_view>

#include <doctest/doctest.h>

namespace backplane::host {
namespace {

using namespace std::string_literals;

TEST_SUITE("config") {
  TEST_CASE("check_route: absolute paths, parameters and a last '*'") {
    for (const std::string& route :
         {"/"s, "/api"s, "/api/"s, "/a/b.c/~d"s, "/a:b@c;d=1,2"s, "/users/{id}"s, "/{a}/x/{b_2}"s,
          "/files/*"s, "/*"s, "/-x/y"s, "/a/-/b"s, "/" + std::string(1023, 'a')}) {
      CAPTURE(route);
      CHECK(check_route(route).ok());
    }
  }

  // behaviours.md T09, faults.md 3.5 row 74.
  TEST_CASE("check_route: what no request could match, or only the host may answer, is refused") {
    for (const std::string& route :
         {""s,        "api"s,    "//"s,        "/a//b"s,
          "/a?x=1"s,  "/a#b"s,   "/a b"s,      "/a\tb"s,
          "/a\r\nb"s, "/a\0b"s,  "/\xc3\xa9"s, "/%61"s,
          "/."s,      "/.."s,    "/a/../b"s,   "/a/."s,
          "/-"s,      "/-/"s,    "/-/routes"s, "/-/*"s,
          "/a*"s,     "/*/a"s,   "/a/**"s,     "/{"s,
          "/{}"s,     "/{a"s,    "/a}"s,       "/x{a}"s,
          "/{a}x"s,   "/{a-b}"s, "/{a}/{a}"s,  "/{a}/*"s,
          "/a\\b"s,   "*"s,      "http://x/"s, "/" + std::string(1024, 'a')}) {
      CAPTURE(route);
      const Status checked = check_route(route);
      REQUIRE_FALSE(checked.ok());
      CHECK(checked.error().code() == ErrorCode::kInvalidArgument);
      CHECK(checked.error().reason() == "bad_route");
      CHECK(checked.error().message().size() < 200);
    }
  }

  TEST_CASE("check_route: the message names the route and what is wrong") {
    CHECK(check_route("api").error().message() == "route 'api' has no '/' at its beginning");
    CHECK(check_route("/a//b").error().message() == "route '/a//b' has an empty segment");
  }

  TEST_CASE("routes_clash: equal, or equal but for the names of parameters") {
    CHECK(routes_clash("/a", "/a"));
    CHECK(routes_clash("/", "/"));
    CHECK(routes_clash("/u/{id}/x", "/u/{name}/x"));
    CHECK(routes_clash("/f/*", "/f/*"));
    CHECK_FALSE(routes_clash("/a", "/a/"));
    CHECK_FALSE(routes_clash("/a", "/b"));
    CHECK_FALSE(routes_clash("/u/{id}", "/u/me"));
    CHECK_FALSE(routes_clash("/u/{id}", "/u/{id}/x"));
    CHECK_FALSE(routes_clash("/f/*", "/f"));
    CHECK_FALSE(routes_clash("/f/*", "/f/{x}"));
  }
}

}  // namespace
}  // namespace backplane::host
