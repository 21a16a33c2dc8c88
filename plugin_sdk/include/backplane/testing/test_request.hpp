#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace backplane {

// A request for a handler under test, to be written with designated initializers:
//   replica.send({.path = "/hello", .query = "name=ray"})
struct TestRequest {
  std::string method = "GET";
  std::string path = "/";
  std::string query = {};  // encoded, without "?"
  std::string body = {};
  std::string content_type = {};  // also sent as a header
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string id = "test-request";
  std::uint64_t deadline_ns = 0;  // of std::chrono::steady_clock; 0 = none
  bool cancelled = false;
};

}  // namespace backplane
