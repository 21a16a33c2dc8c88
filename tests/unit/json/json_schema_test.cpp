#include "host/json/json_schema.hpp"

#include <string>
#include <string_view>
#include <utility>

#include <doctest/doctest.h>

#include "host/json/json_reader.hpp"

namespace backplane::host {
namespace {

JsonDocument read(std::string_view text) {
  auto document = parse_json(text);
  CAPTURE(text);
  REQUIRE(document.ok());
  return std::move(document).value();
}

// The schema `text`, standing alone in a document.
JsonSchema schema_of(std::string_view text) {
  auto schema = JsonSchema::compile(read(R"({"schema":)" + std::string(text) + "}"), "/schema");
  REQUIRE_MESSAGE(schema.ok(), schema.error().message());
  return std::move(schema).value();
}

bool fits(const JsonSchema& schema, std::string_view value) {
  return schema.check(read(value).root()).ok();
}

Error refusal(const JsonSchema& schema, std::string_view value) {
  Status status = schema.check(read(value).root());
  CAPTURE(value);
  REQUIRE_FALSE(status.ok());
  CHECK(status.error().code() == ErrorCode::kInvalidArgument);
  return std::move(status).error();
}

TEST_SUITE("json") {
  TEST_CASE("JsonSchema: an integer is one that is written so, within its range") {
    const JsonSchema schema = schema_of(R"({"type":"integer","minimum":-1,"maximum":1024})");
    for (const std::string_view value : {"-1", "0", "1024"}) CHECK(fits(schema, value));
    for (const std::string_view value :
         {"-2", "1025", "1.0", "1e1", "\"1\"", "true", "null", "[]", "{}", "18446744073709551616",
          "-9223372036854775809", "1e999", "1000000000000000000000000000000"}) {
      CAPTURE(value);
      CHECK_FALSE(fits(schema, value));
    }
    CHECK(refusal(schema, "1025").message() == "found 1025, wanted an integer from -1 to 1024");
    CHECK(refusal(schema, "1.0").message() == "found 1.0, wanted an integer from -1 to 1024");
    CHECK(refusal(schema, "1.0").reason() == "invalid_argument");
  }

  TEST_CASE("JsonSchema: numbers, words, strings, lists and truths say what they want") {
    CHECK(refusal(schema_of(R"({"type":"number","minimum":0})"), "-0.5").message() ==
          "found -0.5, wanted a number of at least 0");
    CHECK(refusal(schema_of(R"({"type":"number","maximum":1})"), "1e999").message() ==
          "found 1e999, wanted a number of at most 1");
    CHECK(refusal(schema_of(R"({"type":"string","enum":["a","b"]})"), R"("c")").message() ==
          R"(found "c", wanted one of a, b)");
    CHECK(
        refusal(schema_of(R"({"type":"string","minLength":1,"maxLength":2})"), R"("")").message() ==
        R"(found "", wanted a string of 1 to 2 characters)");
    CHECK(refusal(schema_of(R"({"type":"string","pattern":"^[a-z]+$"})"), R"("A")").message() ==
          R"(found "A", wanted a string that matches ^[a-z]+$)");
    CHECK(refusal(schema_of(R"({"type":"array","minItems":1})"), "[]").message() ==
          "found an array, wanted an array of at least 1 elements");
    CHECK(refusal(schema_of(R"({"type":"object","maxProperties":1})"), R"({"a":1,"b":1})")
              .message() == "found an object, wanted an object of at most 1 members");
    CHECK(refusal(schema_of(R"({"type":"boolean"})"), "0").message() ==
          "found 0, wanted true or false");
  }

  TEST_CASE("JsonSchema: a pattern sees what stands behind a NUL") {
    const JsonSchema schema = schema_of(R"({"type":"string","pattern":"^[a-z]+$"})");
    CHECK(fits(schema, R"("ab")"));
    CHECK_FALSE(fits(schema, R"("ab\u0000/..")"));
  }

  TEST_CASE("JsonSchema: the pointer leads to the place, escaped, in objects and lists") {
    const JsonSchema schema = schema_of(
        R"({"type":"object","additionalProperties":{"type":"array","items":{"type":"string"}}})");
    CHECK(fits(schema, R"({"a":["x","y"],"b":[]})"));
    CHECK(refusal(schema, R"({"a":[],"b/~c":["x",5]})").pointer() == "/b~1~0c/1");
    CHECK(refusal(schema, R"({"a":5})").message() == "found 5 for 'a', wanted an array");
    CHECK(refusal(schema, "5").pointer().empty());
  }

  TEST_CASE("JsonSchema: unknown and missing members are told by name") {
    const JsonSchema schema = schema_of(
        R"({"type":"object","required":["plugin","handler"],"additionalProperties":false,
            "properties":{"$comment":{},"plugin":{"type":"string"},"handler":{"type":"string"}}})");
    const Error unknown = refusal(schema, R"({"plugin":"a","handle":"b"})");
    CHECK(unknown.reason() == "unknown_field");
    CHECK(unknown.pointer() == "/handle");
    CHECK(unknown.message() ==
          "unknown key 'handle', is 'handler' meant? (known: plugin, handler)");
    const Error missing = refusal(schema, R"({"plugin":"a"})");
    CHECK(missing.reason() == "missing_field");
    CHECK(missing.pointer().empty());
    CHECK(missing.message() == "found no 'handler', which is required");
  }

  TEST_CASE("JsonSchema: nullable is one more type, and one more word") {
    const JsonSchema text = schema_of(R"({"type":"string","nullable":true})");
    CHECK(fits(text, "null"));
    CHECK(fits(text, R"("a")"));
    CHECK(refusal(text, "5").message() == "found 5, wanted a string or null");
    const JsonSchema word = schema_of(R"({"type":"string","enum":["a"],"nullable":true})");
    CHECK(fits(word, "null"));
    CHECK(fits(word, R"("a")"));
    CHECK_FALSE(fits(word, R"("b")"));
    CHECK_FALSE(fits(schema_of(R"({"type":"string","nullable":false})"), "null"));
  }

  TEST_CASE("JsonSchema: x-error-code holds for its schema and what is below it") {
    const JsonSchema schema = schema_of(
        R"({"type":"object","properties":{"traffic":{"type":"object",
            "x-error-code":"invalid_weights","additionalProperties":{"type":"number"}},
            "other":{"type":"string"}}})");
    CHECK(refusal(schema, R"({"traffic":5})").reason() == "invalid_weights");
    CHECK(refusal(schema, R"({"traffic":{"a":"1"}})").reason() == "invalid_weights");
    CHECK(refusal(schema, R"({"other":1})").reason() == "invalid_argument");
  }

  TEST_CASE("JsonSchema: a schema is the same whether it is written out or referred to") {
    const JsonDocument document = read(
        R"({"components":{"schemas":{"Name":{"type":"string"},
            "Pair":{"type":"object","properties":{"description":{"$ref":"#/components/schemas/Name"},
                                                  "type":{"$ref":"#/components/schemas/Name"}}}}},
            "here":{"allOf":[{"$ref":"#/components/schemas/Pair"},{"required":["type"]}]}})");
    const auto schema = JsonSchema::compile(document, "/here");
    REQUIRE(schema.ok());
    CHECK(fits(schema.value(), R"({"type":"a","description":"b"})"));
    CHECK_FALSE(fits(schema.value(), R"({"type":"a","description":5})"));
    CHECK_FALSE(fits(schema.value(), R"({"description":"b"})"));
  }

  TEST_CASE("JsonSchema: references to nothing, to elsewhere and in circles are refused") {
    const JsonDocument document = read(
        R"({"nothing":{"$ref":"#/none"},"elsewhere":{"$ref":"other.json#/a"},
            "circle":{"type":"array","items":{"$ref":"#/circle"}}})");
    const auto fault_of = [&document](std::string_view pointer) {
      const auto schema = JsonSchema::compile(document, pointer);
      REQUIRE_FALSE(schema.ok());
      return schema.error().message();
    };
    CHECK(fault_of("/nothing") == R"(the document has a reference to nothing, "#/none")");
    CHECK(fault_of("/elsewhere") ==
          R"(the document has a reference to elsewhere, "other.json#/a")");
    CHECK(fault_of("/circle") == "the document has a schema that leads back to itself");
    CHECK(fault_of("/missing") == "the document has no schema at '/missing'");
  }
}

}  // namespace
}  // namespace backplane::host
