#pragma once

#include <chrono>
#include <cstddef>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "host/cli/admin_session.hpp"

namespace backplane::host {

// A host that answers what it is told to, one answer after the other, and keeps what it was asked.
// Owned by a test case; its thread.
class ScriptedHost {
 public:
  ScriptedHost& answer(unsigned status, std::string body) {
    HttpResponse response;
    response.status = status;
    response.body = std::move(body);
    answers_.push_back(std::move(response));
    return *this;
  }

  AdminSession session(AdminOptions options = {}) {
    return {std::move(options), out, err,
            [this](const HttpCall& call) -> Result<HttpResponse> {
              calls.push_back(call);
              REQUIRE(calls.size() <= answers_.size());
              return std::move(answers_[calls.size() - 1]);
            },
            [this](std::chrono::milliseconds) { return pauses_left-- > 0; }};
  }

  // "PUT /v1/app?dry_run=true {…}" of each call.
  std::vector<std::string> asked() const {
    std::vector<std::string> lines;
    for (const HttpCall& call : calls) {
      lines.push_back(call.method + " " + call.target + (call.body.empty() ? "" : " ") + call.body);
    }
    return lines;
  }

  std::vector<HttpCall> calls;
  std::ostringstream out;
  std::ostringstream err;
  int pauses_left = 100;  // after that, somebody at the keyboard does not want to wait

 private:
  std::vector<HttpResponse> answers_;
};

}  // namespace backplane::host
