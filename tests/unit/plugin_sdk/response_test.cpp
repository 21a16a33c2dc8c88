#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <backplane/response.hpp>
#include <backplane/testing.hpp>

using backplane::Response;
using backplane::TestAnswer;
using backplane::TestCall;
using backplane::TestHost;

namespace {

TestAnswer sent(const Response& response) {
  TestHost host;
  TestCall call({});
  backplane::complete_with(host.services(), backplane::to_opaque<bp_call>(call), response);
  CHECK(call.answer().completions == 1);
  return call.answer();
}

}  // namespace

TEST_SUITE("plugin_sdk") {
  TEST_CASE("Response: the type follows from what is returned (T75)") {
    const auto nothing = sent(nullptr);
    CHECK(nothing.http_status == 200);
    CHECK(nothing.body.empty());
    CHECK(nothing.headers.empty());
    CHECK(sent("text").header("content-type") == "text/plain; charset=utf-8");
    CHECK(sent(std::string("text")).body == "text");
    CHECK(sent(Response::json("{}")).header("content-type") == "application/json");
    const std::array<std::byte, 2> bytes{std::byte{0}, std::byte{0xFF}};
    const auto binary = sent(Response::bytes(bytes));
    CHECK(binary.header("content-type") == "application/octet-stream");
    CHECK(binary.body == std::string("\0\xFF", 2));
    CHECK(sent(Response::bytes("x", "image/png")).header("content-type") == "image/png");
  }

  TEST_CASE("Response: a large body goes from where it is, until it has been sent") {
    TestHost host;
    TestCall call({});
    auto owner = std::make_shared<const std::string>(20'000, 'x');
    const std::weak_ptr<const std::string> kept = owner;
    const auto complete = [&](auto&& response) {
      backplane::complete_with(host.services(), backplane::to_opaque<bp_call>(call),
                               std::forward<decltype(response)>(response));
    };
    SUBCASE("a string that is handed over") {
      complete(Response(*owner));
      CHECK(call.answer().adopted);
    }
    SUBCASE("a string that stays the handler's is copied") {
      const Response mine(*owner);
      complete(mine);
      CHECK_FALSE(call.answer().adopted);
      CHECK(mine.body() == *owner);
    }
    SUBCASE("bytes that are handed over") {
      complete(Response::bytes(std::vector<std::byte>(20'000, std::byte{'x'})));
      CHECK(call.answer().adopted);
      CHECK(call.answer().header("Content-Type") == "application/octet-stream");
    }
    SUBCASE("bytes that are shared, by whoever answers") {
      const Response shared = Response::shared(owner, *owner, "text/plain");
      complete(shared);
      CHECK(call.answer().adopted);
      CHECK(shared.body() == *owner);
      CHECK(owner.use_count() == 2);
    }
    SUBCASE("bytes that are shared, by the last owner") {
      complete(Response::shared(std::exchange(owner, nullptr), *kept.lock(), "text/plain"));
      CHECK(kept.expired());
    }
    SUBCASE("few bytes are copied") {
      complete(Response::shared(owner, "few", "text/plain"));
      CHECK_FALSE(call.answer().adopted);
      CHECK(call.answer().body == "few");
      return;
    }
    CHECK(call.answer().body == std::string(20'000, 'x'));
    CHECK(call.answer().completions == 1);
  }

  TEST_CASE("Response: status and headers are the handler's") {
    const auto answer = sent(Response("made")
                                 .set_status(201)
                                 .set_header("Location", "/1")
                                 .add_header("Set-Cookie", "a=1")
                                 .add_header("Set-Cookie", "b=2"));
    CHECK(answer.http_status == 201);
    CHECK(answer.header("location") == "/1");
    REQUIRE(answer.headers.size() == 4);
    CHECK(answer.headers[2].second == "a=1");
    CHECK(answer.headers[3].second == "b=2");
  }

  TEST_CASE("Response: setting a header replaces it, and Content-Type replaces the default") {
    Response response("<p>");
    response.set_header("content-type", "text/html").set_header("X-A", "1").set_header("x-a", "2");
    const auto answer = sent(response);
    REQUIRE(answer.headers.size() == 2);
    CHECK(answer.header("Content-Type") == "text/html");
    CHECK(answer.header("X-A") == "2");
  }

  TEST_CASE("Response: more headers than fit on the stack are sent too") {
    Response response("x");
    for (int i = 0; i < 40; ++i) response.add_header("X-" + std::to_string(i), std::to_string(i));
    const auto answer = sent(response);
    CHECK(answer.headers.size() == 41);
    CHECK(answer.header("x-39") == "39");
  }

  TEST_CASE("Response: an error fails the request with its status and message") {
    const auto answer = sent(Response::error(BP_NOT_FOUND, "no such item"));
    CHECK(answer.http_status == 404);
    CHECK(answer.message == "no such item");
    CHECK(sent(Response::error(backplane::Error::exhausted("later"))).http_status == 429);
    CHECK(sent(Response::error(BP_OK, "no status")).http_status == 500);
    CHECK(backplane::Error(77, "no status").status() == BP_INTERNAL);
  }

  TEST_CASE("Response: a head that HTTP forbids is a broken contract, not a broken answer") {
    for (const Response& bad :
         {Response("x").set_header("X-A", "a\r\nb"), Response("x").set_header("X A", "a"),
          Response("x").set_header("X-A", "a\x01"), Response("x").set_header("content-length", "9"),
          Response("x").set_status(99), Response("x").set_status(600)}) {
      const auto answer = sent(bad);
      CHECK(answer.status == BP_CONTRACT);
      CHECK(answer.message.find("not allowed in HTTP") != std::string::npos);
      CHECK(answer.body.empty());
    }
  }
}
