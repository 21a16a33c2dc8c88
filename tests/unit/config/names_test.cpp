#include "host/config/names.hpp"

#include <string>

#include <doctest/doctest.h>

namespace backplane::host {
namespace {

using namespace std::string_literals;

TEST_SUITE("config") {
  // faults.md 3.5 row 73.
  TEST_CASE("check_name: letters, digits, inner '_' and '-', at most 63") {
    for (const std::string& name : {"a"s, "7"s, "hello"s, "a-b_c9"s, std::string(63, 'a')}) {
      CAPTURE(name);
      CHECK(check_name("the tag of a backend", name).ok());
    }
    for (const std::string& name :
         {""s, "-a"s, "a-"s, "_a"s, "A"s, "Hello"s, "a.b"s, "a b"s, "../x"s, "%2e%2e"s, "a\r\nb"s,
          "a\0b"s, "__proto__"s, "\xf0\x9f\x98\x80"s, "a/b"s, std::string(64, 'a'),
          std::string(300, 'a')}) {
      CAPTURE(name);
      const Status checked = check_name("the tag of a backend", name);
      REQUIRE_FALSE(checked.ok());
      CHECK(checked.error().code() == ErrorCode::kMalformed);
      CHECK(checked.error().reason() == "bad_name");
    }
  }

  TEST_CASE("check_name: the message says what was named, and is short for a long name") {
    CHECK(check_name("the tag of a backend", "A").error().message() ==
          "found 'A' as the tag of a backend, wanted 1 to 63 of a-z, 0-9, '_' and '-', with a "
          "letter or digit at both ends");
    CHECK(check_name("x", std::string(1'000'000, 'a')).error().message().size() < 200);
  }

  // faults.md 3.4 row 57.
  TEST_CASE("check_plugin_name: the stem of a file, never a path") {
    for (const std::string& name : {"hello"s, "a.b-c_1"s, "a."s, std::string(64, 'a')}) {
      CAPTURE(name);
      CHECK(check_plugin_name(name).ok());
    }
    for (const std::string& name :
         {""s, "."s, ".."s, ".hidden"s, "../x"s, "/etc/passwd"s, "a/b"s, "a\0b"s, "-x"s, "A"s,
          std::string(65, 'a'), std::string(5000, 'a')}) {
      CAPTURE(name);
      const Status checked = check_plugin_name(name);
      REQUIRE_FALSE(checked.ok());
      CHECK(checked.error().code() == ErrorCode::kMalformed);
      CHECK(checked.error().reason() == "bad_plugin_name");
    }
  }

  TEST_CASE("check_handler_name: what a plugin may register") {
    CHECK(check_handler_name("hello").ok());
    CHECK(check_handler_name("x.Y").ok() == false);
    CHECK(check_handler_name("._-").ok());
    CHECK_FALSE(check_handler_name("").ok());
    CHECK_FALSE(check_handler_name("a b").ok());
    CHECK_FALSE(check_handler_name(std::string(65, 'a')).ok());
  }
}

}  // namespace
}  // namespace backplane::host
