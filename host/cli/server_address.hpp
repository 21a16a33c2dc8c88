#pragma once

#include <string>
#include <string_view>

#include "host/base/result.hpp"

namespace backplane::host {

// Where a listener is found, as its clients say it. A plain value.
struct ServerAddress {
  std::string host;  // a name, or an IP address without brackets
  std::string port;
  bool tls = false;

  // "localhost:8001", "[::1]:8001": what the Host field says.
  std::string authority() const;

  bool operator==(const ServerAddress&) const = default;
};

// [any] Reads "127.0.0.1:8001", "[::1]:8001" or "name:8001"; with "http://" or "https://" before
// it, and a "/" behind. kInvalidArgument: anything else.
Result<ServerAddress> parse_server_address(std::string_view text);

}  // namespace backplane::host
