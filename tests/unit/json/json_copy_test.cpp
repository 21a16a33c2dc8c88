#include "host/json/json_copy.hpp"

#include <string_view>

#include <doctest/doctest.h>

#include "host/json/json_reader.hpp"

namespace backplane::host {
namespace {

TEST_SUITE("json") {
  TEST_CASE("compact_json: no white space, the order and the numbers as they were written") {
    const auto document =
        parse_json("{ \"b\" : [ 1.50 , -1e2, \"a\\u0000\\n\" ] ,\n \"a\": null, \"c\": {} }");
    REQUIRE(document.ok());
    CHECK(compact_json(document.value().root()) ==
          R"({"b":[1.50,-1e2,"a\u0000\n"],"a":null,"c":{}})");
  }

  TEST_CASE("compact_json: a part of a document is a document") {
    const auto document = parse_json(R"({"a": {"b": [true, false]}})");
    REQUIRE(document.ok());
    CHECK(compact_json(*document.value().root().find("a")) == R"({"b":[true,false]})");
  }
}

}  // namespace
}  // namespace backplane::host
