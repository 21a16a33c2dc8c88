#include "host/json/json_tokens.hpp"

#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

namespace backplane::host {
namespace {

std::vector<std::string> tokens_of(std::string_view text) {
  std::vector<std::string> tokens;
  for (const JsonToken& token : scan_json_tokens(text, 32, 100).tokens) {
    tokens.emplace_back(text.substr(token.begin, token.end - token.begin));
  }
  return tokens;
}

TEST_SUITE("json") {
  TEST_CASE("json_number_length: the longest number of JSON's grammar") {
    CHECK(json_number_length("0") == 1);
    CHECK(json_number_length("-12.50e+3,") == 9);
    CHECK(json_number_length("01") == 1);
    CHECK(json_number_length("1.") == 0);
    CHECK(json_number_length("1e") == 0);
    CHECK(json_number_length("1e+") == 0);
    CHECK(json_number_length("-") == 0);
    CHECK(json_number_length("") == 0);
    CHECK(json_number_length("x") == 0);
  }

  TEST_CASE("scan_json_tokens: strings, numbers, words and brackets, each with its place") {
    CHECK(
        tokens_of(R"( {"a\"]": [1.5, true], "b": null} )") ==
        std::vector<std::string>{"{", R"("a\"]")", "[", "1.5", "true", "]", R"("b")", "null", "}"});
  }

  TEST_CASE("scan_json_tokens: the scan ends where no token can begin") {
    CHECK(tokens_of("[1, / 2]") == std::vector<std::string>{"[", "1"});
    CHECK(tokens_of("[\"open, 2]") == std::vector<std::string>{"["});
  }

  TEST_CASE("scan_json_tokens: depth and count have limits and say which was met") {
    CHECK_FALSE(scan_json_tokens("[[]]", 2, 4).too_deep);
    CHECK_FALSE(scan_json_tokens("[[]]", 2, 4).too_many);
    const JsonTokens deep = scan_json_tokens("[[[", 2, 100);
    CHECK(deep.too_deep);
    CHECK(deep.deepest_at == 2);
    CHECK(scan_json_tokens("[[]]", 2, 3).too_many);
    CHECK_FALSE(scan_json_tokens("[][][]", 1, 100).too_deep);
  }
}

}  // namespace
}  // namespace backplane::host
