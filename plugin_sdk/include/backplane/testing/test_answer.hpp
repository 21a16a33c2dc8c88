#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <backplane/abi.h>
#include <backplane/detail/text.hpp>

namespace backplane {

// What a handler under test did with one request.
struct TestAnswer {
  // BP_OK, or how the request failed; BP_CONTRACT also if it was left without an answer.
  bp_status status = BP_CONTRACT;
  // Of a failure.
  std::string message = {};
  // What a client would see: the handler's status, or the one that the host makes of a failure.
  std::uint32_t http_status = 0;
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string body = {};
  // How many pieces `body` came in, of a handler that streams; whether it was cut off.
  int pieces = 0;
  bool cut_off = false;
  // Whether a host would have sent it from where the handler has it, without a copy.
  bool adopted = false;
  // How often the handler completed the request; anything but 1 is a fault of the plugin.
  int completions = 0;

  bool ok() const noexcept { return status == BP_OK; }

  // Empty if there is none.
  std::string_view header(std::string_view name) const noexcept {
    for (const auto& [key, value] : headers) {
      if (equals_ignoring_case(key, name)) return value;
    }
    return {};
  }
};

// The HTTP status that the host gives to a failed request.
constexpr std::uint32_t http_status_of(bp_status status) noexcept {
  switch (status) {
    case BP_OK:
      return 200;
    case BP_INVALID:
      return 400;
    case BP_NOT_FOUND:
      return 404;
    case BP_UNAVAILABLE:
      return 503;
    case BP_DEADLINE:
      return 504;
    case BP_CANCELLED:
      return 499;
    case BP_UNSUPPORTED:
      return 501;
    case BP_EXHAUSTED:
      return 429;
    default:
      return 500;
  }
}

// The status that the host gives to an answer of a handler that another one has asked.
constexpr bp_status status_of(std::uint32_t http_status) noexcept {
  if (http_status < 400) return BP_OK;
  for (const bp_status status :
       {BP_NOT_FOUND, BP_UNAVAILABLE, BP_DEADLINE, BP_CANCELLED, BP_UNSUPPORTED, BP_EXHAUSTED}) {
    if (http_status_of(status) == http_status) return status;
  }
  return http_status < 500 ? BP_INVALID : BP_INTERNAL;
}

}  // namespace backplane
