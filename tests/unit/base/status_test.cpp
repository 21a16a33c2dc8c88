#include "host/base/status.hpp"

#include <doctest/doctest.h>

namespace backplane::host {
namespace {

TEST_SUITE("base") {
  TEST_CASE("Status: without an error it is ok") {
    CHECK(Status().ok());
  }

  TEST_CASE("Status: an error is handed out unchanged, by reference and by move") {
    Status status = Error(ErrorCode::kConflict, "in_use", "backend 'a' is used");
    REQUIRE_FALSE(status.ok());
    CHECK(status.error().code() == ErrorCode::kConflict);
    const Error error = std::move(status).error();
    CHECK(error.reason() == "in_use");
    CHECK(error.message() == "backend 'a' is used");
  }
}

}  // namespace
}  // namespace backplane::host
