#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <backplane/request.hpp>
#include <backplane/testing.hpp>

using backplane::Error;
using backplane::Request;
using backplane::TestCall;
using backplane::TestHost;
using backplane::TestRequest;

namespace {

// A request as a handler sees it.
class Seen {
 public:
  explicit Seen(TestRequest request)
      : call_(std::move(request)),
        request_(host_.services(), backplane::to_opaque<bp_call>(call_)) {}

  const Request* operator->() const { return &request_; }

 private:
  TestHost host_;
  TestCall call_;
  Request request_;
};

Seen with_query(std::string query) {
  return Seen({.query = std::move(query)});
}

}  // namespace

TEST_SUITE("plugin_sdk") {
  TEST_CASE("Request: shows what arrived (T73)") {
    const Seen seen({.method = "POST",
                     .path = "/a%20b",
                     .query = "arg1=1&arg2=2",
                     .body = "{}",
                     .content_type = "application/json",
                     .headers = {{"X-Custom-Header", "v"}},
                     .id = "r-1"});
    CHECK(seen->method() == "POST");
    CHECK(seen->path() == "/a%20b");
    CHECK(seen->query() == "arg1=1&arg2=2");
    CHECK(seen->arg("arg1") == "1");
    CHECK(seen->arg("arg2") == "2");
    CHECK(seen->body() == "{}");
    CHECK(seen->json() == "{}");
    CHECK(seen->content_type() == "application/json");
    CHECK(seen->id() == "r-1");
    CHECK_FALSE(seen->cancelled());
    CHECK_FALSE(seen->deadline().has_value());
  }

  TEST_CASE("Request: query arguments are decoded, the first of a name counts") {
    CHECK(with_query("a=x+y%21&a=2")->arg("a") == "x y!");
    CHECK(with_query("%61=1")->arg("a") == "1");
    CHECK(with_query("a+b=1")->arg("a b") == "1");
    CHECK(with_query("a=b=c")->arg("a") == "b=c");
    CHECK(with_query("a=%26%3d")->arg("a") == "&=");
    CHECK(with_query("&&a=1&")->arg("a") == "1");
    CHECK(with_query("b=1")->arg("a", "none") == "none");
    CHECK(with_query("")->arg("a", "none") == "none");
    CHECK(with_query("a")->find_arg("a") == "");
    CHECK(with_query("a=")->arg("a", "none") == "");
    CHECK_FALSE(with_query("ab=1")->find_arg("a").has_value());
  }

  TEST_CASE("Request: escapes that are none stay as they were written") {
    CHECK(with_query("a=100%")->arg("a") == "100%");
    CHECK(with_query("a=%4")->arg("a") == "%4");
    CHECK(with_query("a=%zz%41")->arg("a") == "%zzA");
  }

  TEST_CASE("Request: args() has all arguments in their order") {
    const std::vector<std::pair<std::string, std::string>> expected{
        {"b", "1"}, {"a", "x y"}, {"b", ""}, {"", "z"}};
    CHECK(with_query("b=1&a=x+y&b&=z")->args() == expected);
  }

  TEST_CASE("Request: header names compare without regard to case") {
    const Seen seen({.headers = {{"X-One", "1"}, {"x-two", ""}}});
    CHECK(seen->header("x-ONE") == "1");
    CHECK(seen->find_header("X-Two") == "");
    CHECK(seen->header("X-On", "none") == "none");
    CHECK(seen->headers().size() == 2);
    std::string all;
    for (const auto& [name, value] : seen->headers())
      all += std::string(name) + ":" + std::string(value);
    CHECK(all == "X-One:1x-two:");
  }

  TEST_CASE("Request: json() refuses an empty body and one that is not UTF-8") {
    CHECK_THROWS_WITH_AS(Seen({})->json(), "body must be JSON; it is empty", Error);
    CHECK_THROWS_WITH_AS(Seen({.body = "\"\xC3\""})->json(),
                         "body must be JSON in UTF-8; byte 1 is not UTF-8", Error);
  }

  TEST_CASE("Request: deadline and cancellation come from the host") {
    const Seen seen({.deadline_ns = 1'500'000'000, .cancelled = true});
    CHECK(seen->cancelled());
    REQUIRE(seen->deadline().has_value());
    CHECK(seen->deadline()->time_since_epoch() == std::chrono::milliseconds(1500));
  }
}
