#include "host/message/headers.hpp"

#include <string>

#include <doctest/doctest.h>

namespace backplane::host {
namespace {

TEST_SUITE("message") {
  TEST_CASE("Headers: fields stand in the order in which they were added, ready for the wire") {
    Headers headers;
    CHECK(headers.empty());
    CHECK(headers.add("Content-Type", "text/plain"));
    CHECK(headers.add("X-Empty", ""));
    CHECK(headers.add("Set-Cookie", "a=1"));
    CHECK(headers.add("Set-Cookie", "b=2"));
    CHECK(headers.wire() ==
          "Content-Type: text/plain\r\nX-Empty: \r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n");
    CHECK(headers.size() == 4);
  }

  TEST_CASE("Headers: a value that would split the answer is refused and adds nothing") {
    Headers headers;
    REQUIRE(headers.add("A", "1"));
    for (const std::string_view value :
         {std::string_view("x\r\nSet-Cookie: evil=1"), std::string_view("x\n"),
          std::string_view("\r"), std::string_view("x\0y", 3), std::string_view("\x7f"),
          std::string_view("\x1b[2J")}) {
      CAPTURE(value);
      CHECK_FALSE(headers.add("B", value));
    }
    CHECK(headers.wire() == "A: 1\r\n");
    CHECK(headers.size() == 1);
  }

  TEST_CASE("Headers: a name that is no token is refused and adds nothing") {
    Headers headers;
    for (const std::string_view name :
         {std::string_view(""), std::string_view("a b"), std::string_view("a:"),
          std::string_view("a\r\nb"), std::string_view("a\0", 2), std::string_view("gr\xc3\xb6"),
          std::string_view("a(b)"), std::string_view("\"a\"")}) {
      CAPTURE(name);
      CHECK_FALSE(headers.add(name, "x"));
    }
    CHECK(headers.empty());
    CHECK(headers.wire().empty());
  }

  TEST_CASE("Headers: tabs, blanks and bytes beyond ASCII may stand in a value") {
    Headers headers;
    CHECK(headers.add("A", "a\tb  c"));
    CHECK(headers.add("B", "gr\xc3\xb6\xff"));
    CHECK(headers.find("B") == "gr\xc3\xb6\xff");
  }

  TEST_CASE("Headers: a field is found whatever the case, and the first one wins") {
    Headers headers;
    REQUIRE(headers.add("X-One", "1"));
    REQUIRE(headers.add("x-ONE", "2"));
    REQUIRE(headers.add("X-Empty", ""));
    CHECK(headers.find("x-one") == "1");
    CHECK(headers.contains("X-EMPTY"));
    CHECK(headers.find("X-Empty").empty());
    CHECK_FALSE(headers.contains("X-On"));
    CHECK_FALSE(headers.contains("X-One-More"));
    CHECK_FALSE(headers.contains(""));
    CHECK(headers.find("nothing").empty());
  }

  TEST_CASE("Headers: what stands in a value is never taken for a field") {
    Headers headers;
    REQUIRE(headers.add("A", "B: 2"));
    CHECK_FALSE(headers.contains("B"));
    CHECK(headers.find("A") == "B: 2");
  }

  TEST_CASE("Headers: cleared is as new") {
    Headers headers;
    REQUIRE(headers.add("A", "1"));
    headers.clear();
    CHECK(headers.empty());
    CHECK_FALSE(headers.contains("A"));
    REQUIRE(headers.add("B", "2"));
    CHECK(headers.wire() == "B: 2\r\n");
  }

  TEST_CASE("equals_ignoring_case: it folds ASCII letters and nothing else") {
    CHECK(equals_ignoring_case("Keep-Alive", "kEEP-aLIVE"));
    CHECK(equals_ignoring_case("", ""));
    CHECK_FALSE(equals_ignoring_case("a", "ab"));
    // Neighbours of the letters that a fold by one bit would join: @ and `, [ and {.
    CHECK_FALSE(equals_ignoring_case("@", "`"));
    CHECK_FALSE(equals_ignoring_case("[", "{"));
    CHECK_FALSE(equals_ignoring_case("\xc3\x84", "\xc3\xa4"));
  }

  TEST_CASE("is_token: exactly the bytes of RFC 9110 5.6.2") {
    const std::string_view good =
        "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    CHECK(is_token(good));
    CHECK_FALSE(is_token(""));
    for (int byte = 0; byte < 256; ++byte) {
      const char c = static_cast<char>(byte);
      CAPTURE(byte);
      CHECK(is_token_char(c) == (good.find(c) != std::string_view::npos));
    }
  }
}

}  // namespace
}  // namespace backplane::host
