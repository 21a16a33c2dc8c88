#include <string_view>

#include <doctest/doctest.h>

#include <backplane/utf8.hpp>

using backplane::is_utf8;
using backplane::valid_utf8_prefix;

TEST_SUITE("plugin_sdk") {
  TEST_CASE("utf8: all that Unicode allows is valid") {
    CHECK(is_utf8(""));
    CHECK(is_utf8(std::string_view("a\0z\x7f", 4)));
    CHECK(is_utf8("\xC2\x80\xDF\xBF"));                  // U+0080, U+07FF
    CHECK(is_utf8("\xE0\xA0\x80\xED\x9F\xBF"));          // U+0800, U+D7FF
    CHECK(is_utf8("\xEE\x80\x80\xEF\xBF\xBF"));          // U+E000, U+FFFF
    CHECK(is_utf8("\xF0\x90\x80\x80\xF4\x8F\xBF\xBF"));  // U+10000, U+10FFFF
  }

  TEST_CASE("utf8: overlong forms, surrogates, and what is too large or cut off are not valid") {
    for (const std::string_view bad :
         {"\x80", "\xC0\x80", "\xC1\xBF", "\xC2", "\xC2\x41", "\xE0\x9F\xBF", "\xE0\xA0",
          "\xED\xA0\x80", "\xE1\x80\xC0", "\xF0\x8F\xBF\xBF", "\xF0\x90\x80", "\xF4\x90\x80\x80",
          "\xF5\x80\x80\x80", "\xFF"}) {
      CAPTURE(bad);
      CHECK_FALSE(is_utf8(bad));
    }
  }

  TEST_CASE("utf8: the valid prefix ends where the first bad sequence begins") {
    CHECK(valid_utf8_prefix("ab\xC3\xA9\xFFz") == 4);
    CHECK(valid_utf8_prefix("abc") == 3);
  }
}
