#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <backplane/detail/entry.hpp>
#include <backplane/request.hpp>
#include <backplane/response.hpp>

namespace backplane {

// For batch handlers whose requests are independent: calls answer(request) for each; one that
// throws fails alone and the others keep their answers.
template <typename Answer>
std::vector<Response> answer_each(std::span<const Request> requests, Answer&& answer) {
  std::vector<Response> responses(requests.size());
  for (std::size_t i = 0; i < requests.size(); ++i) {
    guard([&] { responses[i] = answer(requests[i]); },
          [&](bp_status status, std::string_view message) {
            responses[i] = Response::error(status, std::string(message));
          });
  }
  return responses;
}

}  // namespace backplane
