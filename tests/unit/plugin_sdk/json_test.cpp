#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <backplane/json.hpp>

using backplane::Error;
using backplane::JsonDocument;
using backplane::JsonView;

namespace {

std::string refusal(std::string_view text) {
  try {
    JsonDocument::parse(text);
  } catch (const Error& error) {
    CHECK(error.status() == BP_INVALID);
    return error.what();
  }
  return "accepted";
}

}  // namespace

TEST_SUITE("plugin_sdk") {
  TEST_CASE("JsonDocument: gives values by name and index") {
    const auto document =
        JsonDocument::parse(R"({"a":{"b":[1,2.5,"x",true,null]},"n":-9223372036854775808})");
    const JsonView list = document.root().at("a").at("b");
    CHECK(list.size() == 5);
    CHECK(list.at(0).as_integer() == 1);
    CHECK(list.at(0).as_number() == 1.0);
    CHECK(list.at(1).as_number() == 2.5);
    CHECK(list.at(2).as_string() == "x");
    CHECK(list.at(3).as_bool());
    CHECK(list.at(4).is_null());
    CHECK(document.root().at("n").as_integer() == std::numeric_limits<std::int64_t>::min());
    CHECK_FALSE(document.root().find("c").has_value());
    std::vector<std::string> names;
    document.root().for_each_member(
        [&](std::string_view name, const JsonView&) { names.emplace_back(name); });
    CHECK(names == std::vector<std::string>{"a", "n"});
  }

  TEST_CASE("JsonDocument: views stay good when the document is moved") {
    auto document = JsonDocument::parse(R"(["s"])");
    const JsonView value = document.root().at(0);
    const auto moved = std::move(document);
    CHECK(value.as_string() == "s");
  }

  TEST_CASE("JsonView: what is not there or is something else is named by its place") {
    const auto document = JsonDocument::parse(R"({"a/b":{"m~":[1]},"big":18446744073709551615})");
    const JsonView root = document.root();
    CHECK_THROWS_WITH_AS(root.at("x"), "'/x' is missing", Error);
    CHECK_THROWS_WITH_AS(root.at(0), "the JSON document must be an array", Error);
    CHECK_THROWS_WITH_AS(root.at("a/b").at("m~").at(1), "'/a~1b/m~0/1' is missing", Error);
    CHECK_THROWS_WITH_AS(root.at("a/b").at("m~").at(0).as_string(),
                         "'/a~1b/m~0/0' must be a string", Error);
    CHECK_THROWS_WITH_AS(root.at("big").as_integer(), "'/big' must be an integer of 64 bits",
                         Error);
    CHECK_THROWS_WITH_AS(root.at("big").as_bool(), "'/big' must be true or false", Error);
    CHECK_THROWS_WITH_AS(root.at("big").size(), "'/big' must be an array or an object", Error);
    CHECK_THROWS_WITH_AS(root.at("a/b").as_number(), "'/a~1b' must be a number", Error);
  }

  TEST_CASE("JsonDocument: refuses what is not one JSON value, and says at which byte") {
    CHECK(refusal(R"({"a":1,"a":2})") == "not JSON: name 'a' repeats at byte 10");
    CHECK(refusal(R"({"a":{"b":1,"b":2}})") == "not JSON: name 'b' repeats at byte 15");
    CHECK(refusal(R"([{"a":1},{"a":2}])") == "accepted");
    CHECK(refusal("\xEF\xBB\xBF{}") == "not JSON: byte-order mark at byte 0");
    CHECK(refusal(std::string_view("{}\0x", 4)) == "not JSON: NUL at byte 2");
    CHECK(refusal("{} x").find("(byte 3)") != std::string::npos);
    CHECK(refusal("[\"\xFF\"]").find("encoding") != std::string::npos);
    CHECK(refusal(R"(["\udc00"])") == "not JSON: a lone surrogate at byte 9");
    CHECK(refusal(R"({"\udfffa":1})").starts_with("not JSON: a lone surrogate at byte "));
    CHECK(refusal(R"(["\ud83d\ude00"])") == "accepted");
    for (const std::string_view bad :
         {"", " ", "{", "[1,]", "{\"a\":1,}", "'a'", "[NaN]", "[Infinity]", "[1e999]", "[01]",
          "[+1]", "/**/1", "\"\\ud800\"", "\"\n\"", "[1 2]", "{\"a\" 1}", "nul"}) {
      CAPTURE(bad);
      CHECK(refusal(bad).starts_with("not JSON: "));
    }
  }

  TEST_CASE("JsonDocument: takes 32 levels and not one more, at any size") {
    CHECK(refusal(std::string(32, '[') + std::string(32, ']')) == "accepted");
    CHECK(refusal(std::string(33, '[') + std::string(33, ']')) ==
          "not JSON: nested deeper than 32 levels at byte 32");
    CHECK(refusal(std::string(1'000'000, '[')) ==
          "not JSON: nested deeper than 32 levels at byte 32");
  }
}
