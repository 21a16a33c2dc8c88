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

  // Whether status, code and members of `answer` are among those promised of a reload, or of the
  // call of this method and path.
  void check(const Answer& answer, const std::string& method = "POST",
             const std::string& path = "/v1/plugins/{name}/reload") const {
    const auto& calls = document_.calls();
    const auto call = std::find_if(calls.begin(), calls.end(), [&](const ContractCall& candidate) {
      return candidate.method == method && candidate.path == path;
    });
    REQUIRE(call != calls.end());
    CHECK(document_.misfit(*call, answer) == "");
  }

 private:
  const ApiContract document_;
};

}  // namespace backplane::host
