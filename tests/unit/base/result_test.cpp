#include "host/base/result.hpp"

#include <memory>
#include <string>

#include <doctest/doctest.h>

namespace backplane::host {
namespace {

Result<std::unique_ptr<int>> half_of(int number) {
  if (number % 2 != 0) return Error(ErrorCode::kInvalidArgument, "odd");
  return std::make_unique<int>(number / 2);
}

TEST_SUITE("base") {
  TEST_CASE("Result: a value may be moved out, also one that cannot be copied") {
    auto result = half_of(8);
    REQUIRE(result.ok());
    CHECK(*result.value() == 4);
    const std::unique_ptr<int> taken = std::move(result).value();
    CHECK(*taken == 4);
  }

  TEST_CASE("Result: an error takes the place of the value") {
    auto result = half_of(7);
    REQUIRE_FALSE(result.ok());
    CHECK(result.error().message() == "odd");
    CHECK(std::move(result).error().with_context("half").message() == "half: odd");
  }

  TEST_CASE("Result: a value that is an error's neighbour in type is still a value") {
    const Result<std::string> result(std::string("kNotFound"));
    REQUIRE(result.ok());
    CHECK(result.value() == "kNotFound");
  }
}

}  // namespace
}  // namespace backplane::host
