#include <array>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include <backplane/json_writer.hpp>

using backplane::Error;
using backplane::JsonWriter;

TEST_SUITE("plugin_sdk") {
  TEST_CASE("JsonWriter: nests objects and arrays") {
    JsonWriter json;
    json.begin_object().member("a", 1).key("b").begin_array();
    json.value("x").begin_object().end_object().begin_array().end_array().null();
    json.end_array().member("c", false).end_object();
    CHECK(json.take() == R"({"a":1,"b":["x",{},[],null],"c":false})");
  }

  TEST_CASE("JsonWriter: numeric arrays and binary data have a short way (T76)") {
    const std::array<std::array<double, 2>, 2> matrix{{{1, 2.5}, {-0.1, 1e300}}};
    JsonWriter json;
    json.begin_object().key("matrix").begin_array();
    for (const auto& row : matrix) json.numbers(std::span(row));
    json.end_array().key("nested").begin_object().key("raw").bytes(std::string_view("\0\xff", 2));
    json.end_object().end_object();
    CHECK(json.take() == R"({"matrix":[[1,2.5],[-0.1,1e+300]],"nested":{"raw":"AP8="}})");
  }

  TEST_CASE("JsonWriter: numbers survive to the last bit") {
    CHECK(JsonWriter().value(0.1).take() == "0.1");
    CHECK(JsonWriter().value(std::numeric_limits<std::int64_t>::min()).take() ==
          "-9223372036854775808");
    CHECK(JsonWriter().value(std::numeric_limits<std::uint64_t>::max()).take() ==
          "18446744073709551615");
    CHECK(std::stod(JsonWriter().value(std::numeric_limits<double>::max()).take()) ==
          std::numeric_limits<double>::max());
  }

  TEST_CASE("JsonWriter: escapes what a string may not hold as it is") {
    CHECK(JsonWriter().value(std::string_view("\"\\/\b\n\r\t\0\x1f\x7f", 10)).take() ==
          "\"\\\"\\\\/\\u0008\\n\\r\\t\\u0000\\u001f\x7f\"");
    CHECK(JsonWriter().begin_object().member("a\"b", "\u00e9").end_object().take() ==
          "{\"a\\\"b\":\"\u00e9\"}");
  }

  TEST_CASE("JsonWriter: refuses what JSON cannot say") {
    CHECK_THROWS_AS(JsonWriter().value(std::numeric_limits<double>::quiet_NaN()), Error);
    CHECK_THROWS_AS(JsonWriter().value(-std::numeric_limits<float>::infinity()), Error);
    CHECK_THROWS_WITH_AS(JsonWriter().value("ab\xFF"), "json: byte 2 of a string is not UTF-8",
                         Error);
  }

  TEST_CASE("JsonWriter: refuses pieces in an order that is no JSON") {
    CHECK_THROWS_AS(JsonWriter().take(), Error);
    CHECK_THROWS_AS(JsonWriter().begin_object().take(), Error);
    CHECK_THROWS_AS(JsonWriter().begin_object().value(1), Error);
    CHECK_THROWS_AS(JsonWriter().begin_object().key("a").key("b"), Error);
    CHECK_THROWS_AS(JsonWriter().begin_object().key("a").end_object(), Error);
    CHECK_THROWS_AS(JsonWriter().begin_object().end_array(), Error);
    CHECK_THROWS_AS(JsonWriter().begin_array().key("a"), Error);
    CHECK_THROWS_AS(JsonWriter().key("a"), Error);
    CHECK_THROWS_AS(JsonWriter().value(1).value(2), Error);
    CHECK_THROWS_AS(JsonWriter().end_array(), Error);
  }
}
