#include <string_view>

#include <doctest/doctest.h>

#include <backplane/base64.hpp>

using backplane::to_base64;

TEST_SUITE("plugin_sdk") {
  TEST_CASE("base64: gives the test vectors of RFC 4648") {
    CHECK(to_base64("") == "");
    CHECK(to_base64("f") == "Zg==");
    CHECK(to_base64("fo") == "Zm8=");
    CHECK(to_base64("foo") == "Zm9v");
    CHECK(to_base64("foob") == "Zm9vYg==");
    CHECK(to_base64("fooba") == "Zm9vYmE=");
    CHECK(to_base64("foobar") == "Zm9vYmFy");
  }

  TEST_CASE("base64: takes every byte") {
    CHECK(to_base64(std::string_view("\x00\xFF\xFE", 3)) == "AP/+");
    CHECK(to_base64("\xFB\xEF\xBE") == "++++");
  }
}
