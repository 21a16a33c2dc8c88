#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/support/host_fixture.hpp"

namespace backplane::host {

// How often each answer came.
using Tally = std::map<std::string, int>;

// Backends of these tags that answer with their tag in quotes (fixture user_config_echo, which the
// host must have), and endpoint "e" on /e over them.
inline void create_arms(const HostFixture& host, const std::vector<std::string>& tags,
                        const std::string& traffic) {
  for (const std::string& tag : tags) {
    host.create_backend(tag, "user_config_echo", R"({"user_config":")" + tag + "\"}");
  }
  host.create_endpoint("e", "/e", traffic);
}

inline int share_of(const Tally& answers, const std::string& tag) {
  const auto found = answers.find('"' + tag + '"');
  return found == answers.end() ? 0 : found->second;
}

// What `requests` requests to `target` are answered, one after the other over one connection.
inline std::vector<Answer> ask_in_order(const HostFixture& host, const std::string& target,
                                        int requests) {
  RawClient client(host.data_port());
  std::vector<Answer> answers;
  for (int i = 0; i < requests; ++i) {
    auto response = client.ask(request_text("GET", target + "?id=" + std::to_string(i)));
    answers.push_back(response ? Answer(std::move(*response)) : Answer());
  }
  return answers;
}

}  // namespace backplane::host
