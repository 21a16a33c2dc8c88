#include "host/json/json_reader.hpp"

#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

namespace backplane::host {
namespace {

using namespace std::string_view_literals;

struct Refusal {
  ErrorCode code;
  std::string reason;
  std::string message;
};

Refusal refusal_of(std::string_view text, const JsonLimits& limits = {}) {
  const auto document = parse_json(text, limits);
  CAPTURE(text);
  REQUIRE_FALSE(document.ok());
  const Error& error = document.error();
  return {error.code(), std::string(error.reason()), error.message()};
}

TEST_SUITE("json") {
  TEST_CASE("parse_json: every kind of value comes back as it was written") {
    const auto document = parse_json(R"( {"a": [1, -2.5e1, "x\u00e9\n", true, null, {}]} )");
    REQUIRE(document.ok());
    const JsonValue root = document.value().root();
    CHECK(root.is_object());
    CHECK(root.source() == R"({"a": [1, -2.5e1, "x\u00e9\n", true, null, {}]})");
    const auto array = root.find("a");
    REQUIRE(array);
    std::vector<JsonValue> values;
    for (const JsonValue& value : array->children()) values.push_back(value);
    REQUIRE(values.size() == 6);
    CHECK(values[0].integer() == 1);
    CHECK(values[1].number() == -25.0);
    CHECK(values[2].string() == "x\xc3\xa9\n");
    CHECK(values[3].boolean() == true);
    CHECK(values[4].kind() == JsonKind::kNull);
    CHECK(values[5].is_object());
    CHECK(values[5].size() == 0);
  }

  TEST_CASE("parse_json: a scalar is a whole document") {
    const auto document = parse_json("7");
    REQUIRE(document.ok());
    CHECK(document.value().root().integer() == 7);
  }

  // faults.md 3.5 row 71, behaviours.md B50.
  TEST_CASE("parse_json: what is not strict JSON is malformed, whatever it is") {
    const std::vector<std::string_view> texts{
        "",
        " ",
        "{",
        "[1,]",
        "{\"a\":1,}",
        "{\"a\" 1}",
        "{a:1}",
        "'a'",
        "[1 2]",
        "01",
        "1.",
        ".5",
        "-",
        "+1",
        "1e",
        "1.5.5",
        "0x10",
        "--1",
        "NaN",
        "Infinity",
        "-Infinity",
        "nul",
        "truefalse",
        "[true1]",
        "// comment\n1",
        "/* comment */ 1",
        "[1] // comment",
        "{} {}",
        "1 1",
        "{}x",
        "\"a\nb\"",
        "\"a",
        "\"\\x41\"",
        "\"\\u12\"",
        "{\"a\":1}\0junk"sv,
        "\"a\0b\""sv,
        "\xef\xbb\xbf{}",
        "\"\xff\"",
        "\"\xc0\xaf\"",
        "\"\xed\xa0\x80\"",
        "\"\\ud800\"",
        "\"\\ud800x\"",
        "\"\\udc00\"",
        "{\"\\udc00\":1}",
        "\"\\ud800\\u0041\"",
        "]",
        "[}",
        "\f1",
        R"({"a":1,"a":2})",
        R"({"a":1,"\u0061":2})",
        R"([{"b":{"":1,"x":2,"":3}}])",
    };
    for (const std::string_view text : texts) {
      const Refusal refusal = refusal_of(text);
      CHECK(refusal.code == ErrorCode::kMalformed);
      CHECK(refusal.reason == "invalid_json");
      CHECK(refusal.message.find("at byte ") != std::string::npos);
    }
  }

  TEST_CASE("parse_json: the message gives byte, line and column of the mistake") {
    CHECK(refusal_of("{\n  \"a\": 1,\n  \"\xc3\xa9\": nope\n}").message ==
          "invalid value at byte 21 (line 3, column 9)");
    CHECK(refusal_of("{\"a\": 1,\n \"a\": 2}").message ==
          "the name 'a' twice in one object at byte 15 (line 2, column 7)");
    CHECK(refusal_of("[\"ok\", \"\\udc00\"]").message ==
          "a lone surrogate in a string at byte 7 (line 1, column 8)");
    CHECK(refusal_of("[1]\0"sv).message == "a NUL byte at byte 3 (line 1, column 4)");
  }

  TEST_CASE("parse_json: a pair of surrogates is one character and an escaped NUL is a character") {
    const auto document = parse_json(R"(["\ud83d\ude00", "a\u0000b"])");
    REQUIRE(document.ok());
    std::vector<std::string> texts;
    for (const JsonValue& value : document.value().root().children()) {
      texts.emplace_back(value.string().value_or(""));
    }
    CHECK(texts == std::vector<std::string>{"\xf0\x9f\x98\x80", std::string("a\0b", 3)});
  }

  // faults.md E15 and 3.5 row 72.
  TEST_CASE("parse_json: nesting ends at the limit, not at the end of the stack") {
    const auto nested = [](std::size_t depth) {
      return std::string(depth, '[') + std::string(depth, ']');
    };
    CHECK(parse_json(nested(32)).ok());
    CHECK(refusal_of(nested(33)).reason == "json_too_deep");
    CHECK(refusal_of(nested(33)).code == ErrorCode::kMalformed);
    CHECK(refusal_of(std::string(175'000, '[')).reason == "json_too_deep");
    std::string objects;
    for (int i = 0; i < 33; ++i) objects += "{\"a\":";
    CHECK(refusal_of(objects).reason == "json_too_deep");
    CHECK(parse_json(nested(3), {.max_depth = 3}).ok());
  }

  TEST_CASE("parse_json: brackets inside strings are not nesting") {
    CHECK(parse_json("\"" + std::string(100, '[') + "\"").ok());
    CHECK(parse_json(R"(["\"[[[[", "\\"])", {.max_depth = 1}).ok());
  }

  TEST_CASE("parse_json: a text over its size or its number of values is too large") {
    CHECK(parse_json("[1,2]", {.max_bytes = 5}).ok());
    CHECK(refusal_of("[1,2] ", {.max_bytes = 5}).code == ErrorCode::kPayloadTooLarge);
    CHECK(parse_json("[1,2]", {.max_tokens = 4}).ok());
    CHECK(refusal_of("[1,2,3]", {.max_tokens = 4}).code == ErrorCode::kPayloadTooLarge);
  }

  TEST_CASE("parse_json: numbers that no double holds are JSON all the same") {
    for (const std::string_view text :
         {"1e309"sv, "-1e309"sv, "0.1e-400"sv, "123456789012345678901234567890"sv,
          "1e99999999999999999999"sv, "0e999"sv}) {
      CAPTURE(text);
      const auto document = parse_json(text);
      REQUIRE(document.ok());
      CHECK(document.value().root().source() == text);
    }
    CHECK(parse_json(std::string(400, '9')).ok());
  }

  TEST_CASE("parse_json: every prefix of a document is refused and none crashes") {
    const std::string text =
        R"({"a":[1,-2.5e+1,"\ud83d\ude00\n",true,false,null,{"b":{}}],"c":"x"})";
    REQUIRE(parse_json(text).ok());
    for (std::size_t size = 0; size < text.size(); ++size) {
      CAPTURE(size);
      CHECK_FALSE(parse_json(text.substr(0, size)).ok());
    }
  }

  TEST_CASE("parse_json: a byte changed anywhere is read or refused, never a crash") {
    const std::string text = R"({"a":[1,-2.5e+1,"\u00e9\n",true,null,{"b":{}}],"c":"x"})";
    for (std::size_t at = 0; at < text.size(); ++at) {
      for (int byte = 0; byte < 256; ++byte) {
        std::string changed = text;
        changed[at] = static_cast<char>(byte);
        const auto document = parse_json(changed);
        if (!document.ok()) CHECK(document.error().code() == ErrorCode::kMalformed);
      }
    }
  }
}

}  // namespace
}  // namespace backplane::host
