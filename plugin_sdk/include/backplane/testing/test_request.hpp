#pragma once

#include <cstddef>
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
  // Of an answer in pieces: bytes that wait for the client; try_write() is told that there is no
  // room when so many do. 0: there always is. write() does not wait here.
  std::size_t room = 0;
};

}  // namespace backplane
