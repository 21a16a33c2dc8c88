#include "host/http/request_target.hpp"

#include <string>

#include <doctest/doctest.h>

namespace backplane::host {
namespace {

RequestTarget parsed(std::string_view target, std::string_view method = "GET") {
  CAPTURE(target);
  const auto result = parse_target(method, target);
  REQUIRE(std::holds_alternative<RequestTarget>(result));
  return *std::get_if<RequestTarget>(&result);
}

std::string route(std::string_view path) {
  std::string scratch;
  const auto result = route_path_of(path, scratch);
  const auto* view = std::get_if<std::string_view>(&result);
  return view != nullptr ? std::string(*view)
                         : "refused: " + std::string(std::get_if<Refusal>(&result)->reason);
}

TEST_SUITE("http") {
  TEST_CASE("target: the origin-form is a path and what follows the first question mark") {
    CHECK(parsed("/a/b").path == "/a/b");
    CHECK(parsed("/a/b").query.empty());
    CHECK(parsed("/a?b=c?d").path == "/a");
    CHECK(parsed("/a?b=c?d").query == "b=c?d");
    CHECK(parsed("/?").path == "/");
  }

  TEST_CASE("target: the absolute-form brings the authority that wins") {
    CHECK(parsed("http://example.org:80/a?b").authority == "example.org:80");
    CHECK(parsed("http://example.org:80/a?b").path == "/a");
    CHECK(parsed("http://example.org:80/a?b").query == "b");
    CHECK(parsed("HTTPS://a").path == "/");
    CHECK(parsed("http://a?b").path == "/");
    CHECK(parsed("http://a?b").query == "b");
    for (const auto* target : {"http://", "http:///a", "http://u@h/", "ftp://a/", "a/b", "a:80",
                               "http:/a", "?a", "*a"}) {
      CAPTURE(target);
      CHECK(std::holds_alternative<Refusal>(parse_target("GET", target)));
    }
  }

  TEST_CASE("target: the asterisk belongs to OPTIONS") {
    CHECK(parsed("*", "OPTIONS").path == "*");
    CHECK(std::holds_alternative<Refusal>(parse_target("GET", "*")));
  }

  TEST_CASE("route path: escapes are decoded, an escaped slash stays escaped") {
    std::string scratch;
    const std::string_view plain = "/plain/path";
    const auto same = route_path_of(plain, scratch);
    CHECK(std::get_if<std::string_view>(&same)->data() == plain.data());
    CHECK(route("/%68ello%20you") == "/hello you");
    CHECK(route("/a%2fb") == "/a%2Fb");
    CHECK(route("/a%2Fb") == "/a%2Fb");
    CHECK(route("/%C3%A4") == "/\xc3\xa4");
    CHECK(route("/%25") == "/%");
  }

  TEST_CASE("route path: invalid escapes, control bytes and dot segments are bad_target") {
    for (const auto* path :
         {"/%", "/%2", "/%zz", "/%2x", "/a%00", "/a%0d%0a", "/%7f", "/.", "/..", "/a/../b",
          "/a/./b", "/a/..", "/%2e%2e/a", "/.%2E", "/a/%2e", "/..%2fa", "/a%2f..%2fb", "/a%2F.."}) {
      CAPTURE(path);
      CHECK(route(path) == "refused: bad_target");
    }
    CHECK(route("/...") == "/...");
    CHECK(route("/.a/b.") == "/.a/b.");
    CHECK(route("/a..b") == "/a..b");
    CHECK(route("//") == "//");
  }
}

}  // namespace
}  // namespace backplane::host
