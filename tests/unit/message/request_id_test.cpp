#include "host/message/request_id.hpp"

#include <set>
#include <string>

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

  TEST_CASE("RequestId: 16 hexadecimal digits, replacing what stood there") {
    Random random(3);
    std::set<std::string> made;
    RequestId id;
    id = "what stood there before, which is longer";
    for (int i = 0; i < 1000; ++i) {
      id.make(random);
      REQUIRE(id.view().size() == 16);
      REQUIRE(id.view().find_first_not_of("0123456789abcdef") == std::string::npos);
      REQUIRE(is_request_id(id.view()));
      made.emplace(id.view());
    }
    CHECK(made.size() == 1000);
  }

  TEST_CASE("RequestId: what is longer than an id may be is cut") {
    RequestId id;
    CHECK(id.empty());
    id = std::string(64, 'x') + "y";
    CHECK(id == std::string(64, 'x'));
    id = "short";
    CHECK(id == "short");
    id.clear();
    CHECK(id.empty());
  }
}

}  // namespace
}  // namespace backplane::host
