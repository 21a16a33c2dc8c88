#include "host/base/error.hpp"

#include <set>

#include <doctest/doctest.h>

namespace backplane::host {
namespace {

TEST_SUITE("base") {
  TEST_CASE("Error: context goes in front, once for each border") {
    const Error error = Error(ErrorCode::kNotFound, "no file 'a.so'")
                            .with_context("plugin 'a'")
                            .with_context("reload of 'b'");
    CHECK(error.message() == "reload of 'b': plugin 'a': no file 'a.so'");
    CHECK(error.code() == ErrorCode::kNotFound);
  }

  TEST_CASE("Error: the reason is its own, or the word of its code") {
    CHECK(Error(ErrorCode::kUnavailable, "x").reason() == "unavailable");
    CHECK(Error(ErrorCode::kUnavailable, "no_traffic", "x").reason() == "no_traffic");
    CHECK(Error(ErrorCode::kUnavailable, "x").with_reason("draining").reason() == "draining");
    CHECK(Error(ErrorCode::kUnavailable, "no_traffic", "x").with_context("y").reason() ==
          "no_traffic");
  }

  TEST_CASE("Error: a pointer stays with it, and context does not touch it") {
    CHECK(Error(ErrorCode::kInvalidArgument, "x").pointer().empty());
    const Error error = Error(ErrorCode::kInvalidArgument, "wanted a number")
                            .with_pointer("/traffic/a")
                            .with_context("endpoint 'e'");
    CHECK(error.pointer() == "/traffic/a");
    CHECK(error.message() == "endpoint 'e': wanted a number");
  }

  TEST_CASE("reason_of: every code has a snake_case word that no other has") {
    std::set<std::string_view> words;
    constexpr auto kLast = static_cast<int>(kLastErrorCode);
    for (int code = 0; code <= kLast; ++code) {
      const std::string_view word = reason_of(static_cast<ErrorCode>(code));
      CAPTURE(word);
      CHECK_FALSE(word.empty());
      CHECK(word.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") == std::string_view::npos);
      words.insert(word);
    }
    CHECK(words.size() == kLast + 1);
  }
}

}  // namespace
}  // namespace backplane::host
