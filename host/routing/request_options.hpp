#pragma once

#include <chrono>

#include "host/base/status.hpp"
#include "host/message/http_request.hpp"

namespace backplane::host {

// The longest X-Request-Timeout that is accepted.
inline constexpr std::chrono::milliseconds kMaxRequestTimeout{24 * 60 * 60 * 1000};

// Asked only where a header names a point of the wall clock, which hardly any request does.
using WallClock = std::chrono::system_clock::time_point (*)();

// Reads what a client may ask of the data plane into `request`: X-Serve-Call-Method (call_method),
// X-Serve-Shard-Key (shard_key), X-Request-Timeout in milliseconds (deadline),
// X-Serve-Relative-Slo-Ms, from the request's first byte, or X-Serve-Absolute-Slo-Ms, since 1970
// (slo), traceparent (trace_id; W3C Trace Context, version 00). Pure but for `wall_clock`.
// kMalformed "bad_header": the header, what it holds and what it may hold.
Status read_request_options(HttpRequest& request,
                            WallClock wall_clock = std::chrono::system_clock::now);

}  // namespace backplane::host
