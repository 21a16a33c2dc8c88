#pragma once

#include <string>
#include <vector>

#include "tests/support/api_contract.hpp"

namespace backplane::host {

// A body that a schema forbids in one place, and what must be said of it. A plain value.
struct BodyMutation {
  std::string what;     // "above its maximum"
  std::string body;     // compact JSON
  std::string pointer;  // to the place
  std::string code;     // of the error
};

// The example body of `call` with each of its properties, also those that the example leaves out,
// made wrong in every way that its schema names: another type, an unknown word, a number beyond
// its range, a list or map of the wrong size, an unknown member, and without each required one.
std::vector<BodyMutation> mutations_of(const ApiContract& contract, const ContractCall& call);

}  // namespace backplane::host
