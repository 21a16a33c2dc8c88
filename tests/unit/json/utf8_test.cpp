#include "host/json/utf8.hpp"

#include <doctest/doctest.h>

namespace backplane::host {
namespace {

TEST_SUITE("json") {
  TEST_CASE("is_utf8: exactly what RFC 3629 allows") {
    CHECK(is_utf8(""));
    CHECK(is_utf8("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"));
    CHECK_FALSE(is_utf8("\x80"));
    CHECK_FALSE(is_utf8("\xc0\xaf"));
    CHECK_FALSE(is_utf8("\xe0\x80\x80"));
    CHECK_FALSE(is_utf8("\xed\xa0\x80"));
    CHECK_FALSE(is_utf8("\xf4\x90\x80\x80"));
    CHECK_FALSE(is_utf8("\xf0\x9f\x98"));
  }

  TEST_CASE("utf8_prefix: where the first bad byte is") {
    CHECK(utf8_prefix("ab\xff"
                      "cd") == 2);
    CHECK(utf8_prefix("abc") == 3);
  }

  TEST_CASE("to_utf8: each bad byte becomes one replacement character") {
    CHECK(to_utf8("a\xff\xfe"
                  "b") ==
          "a\xef\xbf\xbd\xef\xbf\xbd"
          "b");
    CHECK(to_utf8("plain") == "plain");
  }
}

}  // namespace
}  // namespace backplane::host
