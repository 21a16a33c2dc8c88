#pragma once

#include <chrono>
#include <string>

#include "host/message/headers.hpp"

namespace backplane::host {

// One request that a command makes. Host, Content-Length and Connection are added when it is sent.
// A plain value.
struct HttpCall {
  std::string method = "GET";
  std::string target{};  // path and query
  Headers headers{};
  std::string body{};
  // How long its answer may take, counted from the first look for the host.
  std::chrono::milliseconds timeout{10'000};
};

// `call` with `parameter` ("dry_run=true") at the end of its query.
inline HttpCall with_query(HttpCall call, const std::string& parameter) {
  call.target += (call.target.find('?') == std::string::npos ? '?' : '&') + parameter;
  return call;
}

}  // namespace backplane::host
