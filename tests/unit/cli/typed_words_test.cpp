#include "host/cli/typed_words.hpp"

#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace backplane::host {
namespace {

std::string shares(const std::vector<std::string>& words) {
  const auto read = read_shares(words);
  if (read.ok()) return read.value();
  CHECK(read.error().reason() == "bad_option");
  return read.error().message();
}

TEST_SUITE("cli") {
  TEST_CASE("read_shares: pairs become an object, in the order typed") {
    CHECK(shares({"b=0.7", "a=0.3"}) == R"({"b":0.7,"a":0.3})");
    CHECK(shares({"a=1"}) == R"({"a":1.0})");
    CHECK(shares({"a=-1"}) == R"({"a":-1.0})");
    CHECK(shares({}) == "{}");
  }

  TEST_CASE("read_shares: what is no pair is refused with what was typed") {
    for (const char* word :
         {"a", "a=", "=1", "a=x", "a=0.5x", "a=nan", "a=inf", "a=1e999", "A=1", "a/b=1", "a= 1"}) {
      CAPTURE(word);
      CHECK(shares({word}).find('{') == std::string::npos);
    }
    CHECK(shares({"a=1", "a=0"}) == "backend 'a' is named twice");
  }

  TEST_CASE("read_number: digits only, up to what is allowed") {
    CHECK(read_number("a revision", "12", 100).value() == 12);
    for (const char* word : {"", "-1", "+1", "1.0", "x", "101", "99999999999999999999"}) {
      CAPTURE(word);
      const auto read = read_number("a revision", word, 100);
      REQUIRE_FALSE(read.ok());
      CHECK(read.error().message() ==
            "found '" + std::string(word) + "' as a revision, wanted a number up to 100");
    }
  }

  TEST_CASE("read_decimal: a finite number, with or without a fraction") {
    CHECK(read_decimal("--weight", "0.05").value() == 0.05);
    CHECK(read_decimal("--weight", "1").value() == 1);
    for (const char* word : {"", "x", "0.1x", "inf", "nan", "0,1"}) {
      CAPTURE(word);
      const auto read = read_decimal("--weight", word);
      REQUIRE_FALSE(read.ok());
      CHECK(read.error().message() ==
            "found '" + std::string(word) + "' as --weight, wanted a number such as 0.05");
    }
  }

  TEST_CASE("names: what would not be a path's segment is refused before it is sent") {
    CHECK(check_endpoint_word("a-b").ok());
    CHECK(check_plugin_word("hello.v2").ok());
    for (const char* word : {"", "..", "a/b", "a?b", "a b"}) {
      CHECK_FALSE(check_endpoint_word(word).ok());
      CHECK_FALSE(check_backend_word(word).ok());
      CHECK(check_plugin_word(word).error().reason() == "bad_option");
    }
  }
}

}  // namespace
}  // namespace backplane::host
