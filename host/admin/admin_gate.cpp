#include "host/admin/admin_gate.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "host/message/headers.hpp"

namespace backplane::host {
namespace {

// "name:port" or "[v6]:port" without the port.
std::string_view without_port(std::string_view authority) {
  const std::size_t bracket = authority.rfind(']');
  const std::size_t colon = authority.rfind(':');
  if (colon == std::string_view::npos) return authority;
  if (bracket != std::string_view::npos && colon < bracket) return authority;
  return authority.substr(0, colon);
}

bool is_ours(std::string_view authority, const std::vector<std::string>& host_names) {
  constexpr std::array<std::string_view, 3> kLoopback{"localhost", "127.0.0.1", "[::1]"};
  const std::string_view name = without_port(authority);
  const auto same = [name](std::string_view ours) { return equals_ignoring_case(name, ours); };
  return std::any_of(kLoopback.begin(), kLoopback.end(), same) ||
         std::any_of(host_names.begin(), host_names.end(), same);
}

bool is_own_origin(std::string_view origin, std::string_view authority) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (origin.starts_with(scheme)) {
      return equals_ignoring_case(origin.substr(scheme.size()), authority);
    }
  }
  return false;  // "null" and everything else
}

Status check_site(const HttpRequest& request) {
  const std::string_view* site = request.find_header("Sec-Fetch-Site");
  if (site != nullptr && *site != "same-origin" && *site != "none") {
    return Error(ErrorCode::kForbidden, "cross_site", "a page of another site may not call this");
  }
  const std::string_view* origin = request.find_header("Origin");
  if (origin != nullptr && !is_own_origin(*origin, request.authority)) {
    return Error(ErrorCode::kForbidden, "cross_site", "a page of another origin may not call this");
  }
  return {};
}

}  // namespace

Status AdminGate::check(const HttpRequest& request) const {
  if (!is_ours(request.authority, host_names)) {
    return Error(ErrorCode::kMisdirected, "the Host of this request is not one of this listener's");
  }
  Status site = check_site(request);
  if (!site.ok() || !token) return site;
  const std::string_view* authorization = request.find_header("Authorization");
  constexpr std::string_view kScheme = "Bearer ";
  const bool is_bearer = authorization != nullptr && authorization->size() > kScheme.size() &&
                         equals_ignoring_case(authorization->substr(0, kScheme.size()), kScheme);
  if (!is_bearer || !token->matches(authorization->substr(kScheme.size()))) {
    return Error(ErrorCode::kUnauthenticated,
                 "this listener wants 'Authorization: Bearer <token>'");
  }
  return {};
}

}  // namespace backplane::host
