#include "host/admin/gate_rules.hpp"

#include <utility>

#include "host/admin/token_file.hpp"

namespace backplane::host {

Result<GateRules> gate_rules(const HostConfig& config) {
  GateRules rules;
  rules.host_names = config.admin_host_names;
  const std::string& address = config.admin.address;
  const bool is_v6 = address.find(':') != std::string::npos;
  rules.host_names.push_back(is_v6 ? "[" + address + "]" : address);
  if (config.admin_auth == AdminAuth::kNone) return rules;
  auto own = load_or_create_token(config.state_directory / "admin.token");
  if (!own.ok()) return std::move(own).error();
  std::vector<AdminToken> tokens = config.admin_tokens;
  tokens.push_back(std::move(own).value());
  rules.tokens.emplace(std::move(tokens));
  return rules;
}

}  // namespace backplane::host
