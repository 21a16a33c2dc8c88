#pragma once

#include <cassert>
#include <optional>
#include <utility>

#include "host/base/error.hpp"

namespace backplane::host {

// Success, or one Error. A plain value; losing one is a compile-time warning.
class [[nodiscard]] Status {
 public:
  Status() = default;
  // NOLINTNEXTLINE(google-explicit-constructor): so that `return Error(…);` works
  Status(Error error) : error_(std::move(error)) {}

  bool ok() const { return !error_.has_value(); }
  const Error& error() const& {
    assert(error_.has_value());
    return *error_;
  }
  Error error() && {
    assert(error_.has_value());
    return *std::move(error_);
  }

 private:
  std::optional<Error> error_;
};

}  // namespace backplane::host
