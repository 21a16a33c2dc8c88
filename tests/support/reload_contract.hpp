#pragma once

#include <algorithm>
#include <string>

#include <doctest/doctest.h>

#include "tests/support/answer.hpp"
#include "tests/support/api_contract.hpp"
#include "tests/support/host_fixture.hpp"

namespace backplane::host {

// What the document that a host serves promises of a reload. Owned by the test case; its thread.
class ReloadContract {
 public:
  explicit ReloadContract(const HostFixture& host)
      : document_(host.admin("GET", "/openapi.json").body()) {}

  // Whether status, code and members of `answer` are among those promised.
  void check(const Answer& answer) const {
    const auto& calls = document_.calls();
    const auto reload = std::find_if(calls.begin(), calls.end(), [](const ContractCall& call) {
      return call.path == "/v1/plugins/{name}/reload";
    });
    REQUIRE(reload != calls.end());
    CHECK(document_.misfit(*reload, answer) == "");
  }

 private:
  const ApiContract document_;
};

}  // namespace backplane::host
