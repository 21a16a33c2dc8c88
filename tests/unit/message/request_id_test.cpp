#include "host/message/request_id.hpp"

#include <set>

#include <doctest/doctest.h>

namespace backplane::host {
namespace {

TEST_SUITE("message") {
  TEST_CASE("is_request_id: letters, digits, dot, dash and underscore, 1 to 64 of them") {
    CHECK(is_request_id("a"));
    CHECK(is_request_id("aZ0._-"));
    CHECK(is_request_id(std::string(64, 'x')));
    CHECK_FALSE(is_request_id(""));
    CHECK_FALSE(is_request_id(std::string(65, 'x')));
    for (const std::string_view bad : {"a b", "a\n", "a/b", "a\"", "<x>", "\xc3\xa4", "a,b"}) {
      CAPTURE(bad);
      CHECK_FALSE(is_request_id(bad));
    }
    CHECK_FALSE(is_request_id(std::string_view("a\0", 2)));
  }

  TEST_CASE("make_request_id: 16 hexadecimal digits, replacing what stood there") {
    Random random(3);
    std::set<std::string> made;
    std::string id = "what stood there before, which is longer";
    for (int i = 0; i < 1000; ++i) {
      make_request_id(random, id);
      REQUIRE(id.size() == 16);
      REQUIRE(id.find_first_not_of("0123456789abcdef") == std::string::npos);
      REQUIRE(is_request_id(id));
      made.insert(id);
    }
    CHECK(made.size() == 1000);
  }
}

}  // namespace
}  // namespace backplane::host
