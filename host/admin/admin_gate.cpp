#include "host/admin/admin_gate.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

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

// The token in "Bearer <token>"; nothing when that is not what the field says. Two fields have
// been joined by a comma, which no token holds.
std::optional<std::string_view> bearer_token(std::string_view authorization) {
  constexpr std::string_view kScheme = "Bearer ";
  if (authorization.size() <= kScheme.size() ||
      !equals_ignoring_case(authorization.substr(0, kScheme.size()), kScheme)) {
    return std::nullopt;
  }
  const std::string_view token = authorization.substr(kScheme.size());
  if (token.find_first_of(", ") != std::string_view::npos) return std::nullopt;
  return token;
}

// What a request is known by: its token, or why it has none.
struct Identity {
  const AdminToken* token = nullptr;
  AuthFailure failure = AuthFailure::kMissing;
};

Identity identify(const HttpRequest& request, const TokenSet& tokens, WallTime now) {
  const std::string_view* authorization = request.find_header("Authorization");
  const auto candidate = authorization == nullptr ? std::nullopt : bearer_token(*authorization);
  // Looked for in any case: the answer to no token takes as long as that to a wrong one.
  const AdminToken* token = tokens.find(candidate.value_or(""), now);
  if (authorization == nullptr) return {nullptr, AuthFailure::kMissing};
  if (!candidate) return {nullptr, AuthFailure::kMalformed};
  if (token == nullptr) return {nullptr, AuthFailure::kUnknown};
  if (token->expired(now)) return {nullptr, AuthFailure::kExpired};
  return {token, {}};
}

}  // namespace

Status AdminGate::check_site(const HttpRequest& request) {
  const std::string_view* site = request.find_header("Sec-Fetch-Site");
  const bool foreign_site = site != nullptr && *site != "same-origin" && *site != "none";
  const std::string_view* origin = request.find_header("Origin");
  const bool foreign_origin = origin != nullptr && !is_own_origin(*origin, request.authority);
  if (!foreign_site && !foreign_origin) return {};
  counts_.csrf_refused.fetch_add(1, std::memory_order_relaxed);
  return Error(ErrorCode::kForbidden, "cross_site",
               foreign_site ? "a page of another site may not call this"
                            : "a page of another origin may not call this");
}

Status AdminGate::check_rate(const PeerAddress& peer, TimePoint now) {
  {
    const MutexLock lock(mutex_);
    if (failures_.hears(peer, now)) return {};
  }
  count(AuthFailure::kTooMany);
  return Error(ErrorCode::kResourceExhausted, "rate_limited",
               "too many calls from this address had no good token; try again in a second");
}

void AdminGate::note_failure(AuthFailure failure, const PeerAddress& peer, TimePoint now) {
  count(failure);
  const MutexLock lock(mutex_);
  failures_.note_failure(peer, now);
}

void AdminGate::count(AuthFailure failure) {
  counts_.auth_failures[static_cast<std::size_t>(failure)].fetch_add(1, std::memory_order_relaxed);
}

Result<AdminCaller> AdminGate::check(const HttpRequest& request, const PeerAddress& peer,
                                     TimePoint now, WallTime wall_time) {
  if (!is_ours(request.authority, rules_.host_names)) {
    counts_.bad_host.fetch_add(1, std::memory_order_relaxed);
    return Error(ErrorCode::kMisdirected, "the Host of this request is not one of this listener's");
  }
  Status site = check_site(request);
  if (!site.ok()) return std::move(site).error();
  if (!rules_.tokens) return AdminCaller{.label = "local", .role = AdminRole::kDeploy};
  Status rate = check_rate(peer, now);
  if (!rate.ok()) return std::move(rate).error();
  const Identity identity = identify(request, *rules_.tokens, wall_time);
  if (identity.token != nullptr) return AdminCaller{identity.token->label, identity.token->role};
  note_failure(identity.failure, peer, now);
  // The same words whatever was wrong: which it was is for the counts.
  return Error(ErrorCode::kUnauthenticated, "this listener wants 'Authorization: Bearer <token>'");
}

}  // namespace backplane::host
