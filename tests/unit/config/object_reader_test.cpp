#include "host/config/object_reader.hpp"

#include <string>
#include <string_view>
#include <vector>

#include "tests/unit/config/read_json.hpp"

namespace backplane::host {
namespace {

// The errors of an object in which `grace_ms`, `level` and `drain_delay_ms` are known.
std::vector<Error> errors_of(std::string_view text) {
  const JsonDocument document = read_json(text);
  std::vector<Error> errors;
  ObjectReader reader(document.root(), errors);
  std::chrono::milliseconds grace{0};
  std::chrono::milliseconds drain{0};
  reader.read("grace_ms", {0, 10}, grace);
  reader.read_word("level", {"info", "debug"});
  reader.read("drain_delay_ms", {0, 10}, drain);
  reader.finish();
  return errors;
}

TEST_SUITE("config") {
  TEST_CASE("ObjectReader: a mistyped key, or one without its unit, gets the key that was meant") {
    CHECK(errors_of(R"({"grace":1})").front().message() ==
          "unknown key 'grace', is 'grace_ms' meant? (known: grace_ms, level, drain_delay_ms)");
    CHECK(errors_of(R"({"levle":1})").front().message().find("is 'level' meant?") !=
          std::string::npos);
    CHECK(errors_of(R"({"drian_dealy_ms":1})").front().message().find("'drain_delay_ms' meant") !=
          std::string::npos);
    CHECK(errors_of(R"({"colour":1})").front().message().find("meant") == std::string::npos);
    CHECK(errors_of(R"({"x":1})").front().message().find("meant") == std::string::npos);
  }

  TEST_CASE("ObjectReader: the message about a key of a megabyte is short") {
    const auto errors = errors_of("{\"" + std::string(500'000, 'k') + "\":1}");
    REQUIRE(errors.size() == 1);
    CHECK(errors.front().message().size() < 200);
  }

  TEST_CASE("ObjectReader: the list of errors ends at a hundred") {
    std::string text = "{\"k0\":1";
    for (int i = 1; i < 500; ++i) text.append(",\"k").append(std::to_string(i)).append("\":1");
    CHECK(errors_of(text + "}").size() == 100);
  }

  TEST_CASE("ObjectReader: every member that does not fit is an error of its own") {
    const auto errors = errors_of(R"({"grace_ms":11,"level":"loud","other":0,"$comment":[]})");
    REQUIRE(errors.size() == 4);
    CHECK(errors[0].message() == "found 11 for 'grace_ms', wanted an integer from 0 to 10");
    CHECK(errors[1].message() == "found \"loud\" for 'level', wanted one of info, debug");
    CHECK(errors[2].pointer() == "/$comment");
    CHECK(errors[3].pointer() == "/other");
  }

  TEST_CASE("ObjectReader: what is no object is one error, not one for each key") {
    CHECK(errors_of("[1]").size() == 1);
    CHECK(errors_of("null").front().message() == "found null, wanted an object");
  }
}

}  // namespace
}  // namespace backplane::host
