#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string_view>
#include <utility>

#include "host/base/result.hpp"
#include "host/cli/http_call.hpp"
#include "host/cli/server_address.hpp"
#include "host/message/http_response.hpp"

namespace backplane::host {

// An HTTP/1.1 client of one listener, each call on a connection of its own. Owned by a command;
// its thread.
class HttpClient {
 public:
  // Takes each piece of a body as it comes; false: that was enough.
  using TakePiece = std::function<bool(std::string_view)>;

  // `authorities`: the file with the certificates that vouch for a server with TLS; none: those
  // of the system.
  HttpClient(ServerAddress server, std::optional<std::filesystem::path> authorities)
      : server_(std::move(server)), authorities_(std::move(authorities)) {}

  // [main] Blocks until the answer is there whole, whatever its status.
  // kUnavailable "host_unreachable": nobody listens there, what came is not HTTP, or nothing came
  // in time; "certificate_refused": whoever listens is not known to be the server.
  // kInvalidArgument: the authorities' file is not good.
  Result<HttpResponse> ask(const HttpCall& call) const;

  // [main] The same, but the body of a 200 goes to `take`, and the call's timeout is how long the
  // server may be silent. Ends when the server does or `take` has enough.
  Result<HttpResponse> stream(const HttpCall& call, const TakePiece& take) const;

 private:
  ServerAddress server_;
  std::optional<std::filesystem::path> authorities_;
};

}  // namespace backplane::host
