#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "host/admin/admin_token.hpp"
#include "host/base/status.hpp"
#include "host/message/http_request.hpp"

namespace backplane::host {

// Who may speak to the admin listener.
struct AdminGate {
  // Host names that are ours beside localhost, 127.0.0.1 and [::1] (any port).
  std::vector<std::string> host_names;
  // None: no token is asked for (allowed on a loopback address only, and written out).
  std::optional<AdminToken> token;

  // In this order, before the path or the body is looked at, so that nothing can be found out by
  // trying: Host (kMisdirected: DNS rebinding), Origin and Sec-Fetch-Site (kForbidden: another
  // site's page), Authorization (kUnauthenticated). Pure.
  Status check(const HttpRequest& request) const;
};

}  // namespace backplane::host
