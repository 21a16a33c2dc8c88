#include "host/json/json_writer.hpp"

#include <cmath>
#include <string>

#include <doctest/doctest.h>

#include "host/json/json_reader.hpp"

namespace backplane::host {
namespace {

TEST_SUITE("json") {
  TEST_CASE("JsonWriter: objects, arrays and every kind of value") {
    std::string out;
    JsonWriter json(out);
    json.begin_object().member("text", "a\"b\n").member("count", std::uint64_t{3});
    json.member("share", 0.7).member("on", true).key("list").begin_array();
    json.number(std::int64_t{-1}).null().string("").boolean(false).end_array();
    json.key("raw").raw(R"({"x":1})").end_object();
    CHECK(
        out ==
        R"({"text":"a\"b\n","count":3,"share":0.7,"on":true,"list":[-1,null,"",false],"raw":{"x":1}})");
  }

  TEST_CASE("JsonWriter: whatever bytes a string holds, the document can be read") {
    std::string out;
    JsonWriter json(out);
    json.begin_object().member("k\xff", std::string_view("v\x80\0w", 4)).end_object();
    const auto document = parse_json(out);
    REQUIRE(document.ok());
    CHECK(document.value().root().find("k\xef\xbf\xbd")->string() ==
          std::string_view("v\xef\xbf\xbd\0w", 6));
  }

  TEST_CASE("JsonWriter: numbers that JSON cannot say become null") {
    std::string out;
    JsonWriter json(out);
    json.begin_array().number(std::nan("")).number(HUGE_VAL).raw("").end_array();
    CHECK(out == "[null,null,null]");
  }
}

}  // namespace
}  // namespace backplane::host
