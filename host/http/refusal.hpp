#pragma once

#include <string_view>

#include "host/base/error.hpp"
#include "host/metrics/http_counters.hpp"

namespace backplane::host {

// Why a request is refused before any handler sees it. A plain value of static texts, so that
// garbage costs no allocation.
struct Refusal {
  ErrorCode code = ErrorCode::kMalformed;
  HttpFault fault = HttpFault::kRequestLine;
  std::string_view reason = "bad_request";  // the `code` of the error body
  std::string_view detail;
};

}  // namespace backplane::host
