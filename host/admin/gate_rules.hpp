#pragma once

#include <optional>
#include <string>
#include <vector>

#include "host/admin/token_set.hpp"
#include "host/base/result.hpp"
#include "host/config/host_config.hpp"

namespace backplane::host {

// Who may speak to the admin listener. A plain value.
struct GateRules {
  // Host names that are ours beside localhost, 127.0.0.1 and [::1] (any port).
  std::vector<std::string> host_names;
  // None: no token is asked for (allowed on a loopback address only, and written out).
  std::optional<TokenSet> tokens;
};

// [control] What `config` says, and the token of the state directory, which is made where there is
// none. The errors are those of load_or_create_token().
Result<GateRules> gate_rules(const HostConfig& config);

}  // namespace backplane::host
