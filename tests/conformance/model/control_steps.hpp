#pragma once

#include <cstdint>
#include <string>

#include "host/base/random.hpp"
#include "tests/conformance/model/control_model.hpp"

namespace backplane::host {

// What is sent for a step.
struct ModelRequest {
  std::string method;
  std::string target;
  std::string if_match{};  // empty: none
  std::string body{};      // empty: none
};

// [any] Some call, of few names and values, so that steps meet each other.
ModelStep random_step(Random& random);

// [any] What is sent for `step` to a host at `revision`.
ModelRequest request_of(const ModelStep& step, std::uint64_t revision);

// [any] A line for people.
std::string text_of(const ModelStep& step);

}  // namespace backplane::host
