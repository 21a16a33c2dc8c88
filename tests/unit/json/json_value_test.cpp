#include "host/json/json_value.hpp"

#include <cmath>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "host/json/json_reader.hpp"

namespace backplane::host {
namespace {

JsonDocument document_of(std::string_view text) {
  auto document = parse_json(text);
  REQUIRE(document.ok());
  return std::move(document).value();
}

TEST_SUITE("json") {
  TEST_CASE("JsonValue: asking for another kind gives nothing") {
    for (const std::string_view text : {"null", "true", "1", "\"s\"", "[]", "{}"}) {
      const JsonDocument document = document_of(text);
      const JsonValue value = document.root();
      CAPTURE(text);
      CHECK(value.boolean().has_value() == (text == "true"));
      CHECK(value.integer().has_value() == (text == "1"));
      CHECK(value.number().has_value() == (text == "1"));
      CHECK(value.string().has_value() == (text == "\"s\""));
      CHECK(value.is_array() == (text == "[]"));
      CHECK(value.is_object() == (text == "{}"));
      CHECK_FALSE(value.find("x").has_value());
      CHECK(value.size() == 0);
    }
  }

  TEST_CASE("JsonValue: an integer is written without fraction and exponent and fits") {
    const std::vector<std::pair<std::string_view, bool>> cases{
        {"0", true},
        {"-7", true},
        {"9223372036854775807", true},
        {"9223372036854775808", false},
        {"1.0", false},
        {"1e2", false},
        {"123456789012345678901234567890", false}};
    for (const auto& one : cases) {
      CAPTURE(one.first);
      CHECK(document_of(one.first).root().integer().has_value() == one.second);
    }
    CHECK(document_of("-9223372036854775808").root().integer() == INT64_MIN);
  }

  TEST_CASE("JsonValue: a number beyond every double is infinite, one too small is zero") {
    const auto number = [](std::string_view text) {
      return document_of(text).root().number().value_or(std::nan(""));
    };
    CHECK(number("0.7") == 0.7);
    CHECK(number("1e308") == 1e308);
    CHECK(number("1e309") == HUGE_VAL);
    CHECK(number("-1e309") == -HUGE_VAL);
    CHECK(number(std::string(400, '9')) == HUGE_VAL);
    CHECK(number("0.00001e400") == HUGE_VAL);
    CHECK(number("1e99999999999999999999") == HUGE_VAL);
    CHECK(number("0.1e-400") == 0.0);
    CHECK(number("1e-99999999999999999999") == 0.0);
    CHECK(number("0." + std::string(400, '0') + "1") == 0.0);
    CHECK(number("1e-9223372036854775808") == 0.0);
    CHECK(number("0e99999999999999999999") == 0.0);
  }

  TEST_CASE("JsonValue: members come in the order written") {
    const JsonDocument document = document_of(R"({"b":1,"a":2,"c":3})");
    std::string names;
    for (const JsonValue& member : document.root().children()) names += member.key();
    CHECK(names == "bac");
    CHECK(document.root().size() == 3);
  }

  TEST_CASE("JsonValue: a value knows its pointer, escaped as RFC 6901 says") {
    const JsonDocument document = document_of(R"({"a/b":[0,{"c~d":{"":1}}]})");
    const JsonValue first = *document.root().find("a/b")->children().begin();
    const JsonValue deep = *first.next()->find("c~d");
    CHECK(document.root().pointer().empty());
    CHECK(deep.pointer() == "/a~1b/1/c~0d");
    CHECK(deep.find("")->pointer() == "/a~1b/1/c~0d/");
  }

  TEST_CASE("JsonValue: an error message shows short values and names the kind of others") {
    CHECK(document_of("1.50").root().found() == "1.50");
    CHECK(document_of("\"hello\"").root().found() == "\"hello\"");
    CHECK(document_of("true").root().found() == "true");
    CHECK(document_of("[1]").root().found() == "an array");
    CHECK(document_of("{}").root().found() == "an object");
    CHECK(document_of("\"" + std::string(100, 'x') + "\"").root().found() ==
          "a string of 100 bytes");
    CHECK(document_of(std::string(100, '1')).root().found() == "a number of 100 characters");
  }

  TEST_CASE("JsonValue: values stay valid when their document is moved") {
    JsonDocument document = document_of(R"(["kept"])");
    const JsonValue value = *document.root().children().begin();
    const JsonDocument moved = std::move(document);
    CHECK(value.string() == "kept");
    CHECK(moved.root().size() == 1);
  }
}

}  // namespace
}  // namespace backplane::host
