#include "host/json/json_document.hpp"

#include <utility>

#include <doctest/doctest.h>

#include "host/json/json_reader.hpp"

namespace backplane::host {
namespace {

TEST_SUITE("json") {
  TEST_CASE("place_of: lines and columns count from 1, columns in characters") {
    CHECK(place_of("abc", 0).line == 1);
    CHECK(place_of("abc", 0).column == 1);
    CHECK(place_of("a\nbc", 3).line == 2);
    CHECK(place_of("a\nbc", 3).column == 2);
    CHECK(place_of("\xc3\xa9x", 2).column == 2);
    CHECK(place_of("a\n", 9).line == 2);
  }

  TEST_CASE("JsonDocument: a pointer's place is where its value begins") {
    const auto document = parse_json("{\"a/b\": [1,\n  {\"c\": 2}]}");
    REQUIRE(document.ok());
    const auto place = [&](std::string_view pointer) {
      const TextPlace found = document.value().place_of_pointer(pointer);
      return std::pair(found.line, found.column);
    };
    CHECK(place("") == std::pair<std::size_t, std::size_t>(1, 1));
    CHECK(place("/a~1b") == std::pair<std::size_t, std::size_t>(1, 9));
    CHECK(place("/a~1b/1/c") == std::pair<std::size_t, std::size_t>(2, 9));
  }

  TEST_CASE("JsonDocument: the place of what is not there is that of its nearest holder") {
    const auto document = parse_json("{\"a\": {\n\"b\": 1}}");
    REQUIRE(document.ok());
    CHECK(document.value().place_of_pointer("/a/missing/deeper").column == 7);
    CHECK(document.value().place_of_pointer("/nothing").column == 1);
  }

  TEST_CASE("JsonDocument: a pointer finds its value, and nothing when there is none") {
    const auto document = parse_json(R"({"a/b":[1,{"c":2}],"":3})");
    REQUIRE(document.ok());
    CHECK(document.value().find("/a~1b/1/c")->source() == "2");
    CHECK(document.value().find("/a~1b/0")->source() == "1");
    CHECK(document.value().find("/")->source() == "3");
    CHECK(document.value().find("")->is_object());
    for (const std::string_view pointer : {"/a", "/a~1b/2", "/a~1b/1/c/d", "a~1b", "/a~1b/"}) {
      CAPTURE(pointer);
      CHECK_FALSE(document.value().find(pointer).has_value());
    }
  }
}

}  // namespace
}  // namespace backplane::host
