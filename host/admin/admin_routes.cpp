#include "host/admin/admin_routes.hpp"

#include <algorithm>
#include <array>

#include "host/admin/app_resource.hpp"
#include "host/admin/backends_resource.hpp"
#include "host/admin/dashboard_resource.hpp"
#include "host/admin/endpoints_resource.hpp"
#include "host/admin/events_resource.hpp"
#include "host/admin/history_resource.hpp"
#include "host/admin/metrics_resource.hpp"
#include "host/admin/openapi_resource.hpp"
#include "host/admin/operations_resource.hpp"
#include "host/admin/plugins_resource.hpp"
#include "host/admin/status_resource.hpp"
#include "host/config/names.hpp"
#include "host/message/headers.hpp"

namespace backplane::host {
namespace {

enum class NameKind : std::uint8_t { kNone, kEndpoint, kBackend, kPlugin, kNumber };

enum class BodyKind : std::uint8_t { kNoBody, kJson, kMayBeJson };

struct AdminRoute {
  std::string_view method;
  std::string_view path;  // a segment of "{}" stands for a name
  NameKind name;
  AdminRole role;  // the least that may call it
  BodyKind body;
  unsigned parameters;  // of AdminParameter
  AdminAction action;
};

using enum NameKind;
using enum AdminRole;
using enum BodyKind;

constexpr unsigned kBare = kNoParameters;
constexpr unsigned kChange = kDryRun | kWait;

constexpr std::array kRoutes{
    AdminRoute{"GET", "/", kNone, kRead, kNoBody, kBare, get_dashboard},
    AdminRoute{"GET", "/dashboard.js", kNone, kRead, kNoBody, kBare, get_dashboard_script},
    AdminRoute{"GET", "/healthz", kNone, kRead, kNoBody, kBare, get_health},
    AdminRoute{"GET", "/readyz", kNone, kRead, kNoBody, kBare, get_readiness},
    AdminRoute{"GET", "/metrics", kNone, kRead, kNoBody, kBare, get_metrics},
    AdminRoute{"GET", "/openapi.json", kNone, kRead, kNoBody, kBare, get_openapi},
    AdminRoute{"GET", "/v1/status", kNone, kRead, kNoBody, kBare, get_status},
    AdminRoute{"GET", "/v1/endpoints", kNone, kRead, kNoBody, kBare, list_endpoints},
    AdminRoute{"GET", "/v1/endpoints/{}", kEndpoint, kRead, kNoBody, kBare, get_endpoint},
    AdminRoute{"PUT", "/v1/endpoints/{}", kEndpoint, kDeploy, kJson, kChange, put_endpoint},
    AdminRoute{"DELETE", "/v1/endpoints/{}", kEndpoint, kDeploy, kNoBody, kChange, remove_endpoint},
    AdminRoute{"PUT", "/v1/endpoints/{}/traffic", kEndpoint, kOperate, kJson, kChange, put_traffic},
    AdminRoute{"PUT", "/v1/endpoints/{}/policy", kEndpoint, kOperate, kJson, kChange, put_policy},
    AdminRoute{"PUT", "/v1/endpoints/{}/shadows", kEndpoint, kOperate, kJson, kChange, put_shadows},
    AdminRoute{"GET", "/v1/backends", kNone, kRead, kNoBody, kBare, list_backends},
    AdminRoute{"GET", "/v1/backends/{}", kBackend, kRead, kNoBody, kBare, get_backend},
    AdminRoute{"PUT", "/v1/backends/{}", kBackend, kDeploy, kJson, kChange, put_backend},
    AdminRoute{"PATCH", "/v1/backends/{}", kBackend, kOperate, kJson, kChange, patch_backend},
    AdminRoute{"DELETE", "/v1/backends/{}", kBackend, kDeploy, kNoBody, kChange, remove_backend},
    AdminRoute{"GET", "/v1/plugins", kNone, kRead, kNoBody, kBare, list_plugins},
    AdminRoute{"GET", "/v1/plugins/{}", kPlugin, kRead, kNoBody, kBare, get_plugin},
    AdminRoute{"POST", "/v1/plugins/{}/reload", kPlugin, kDeploy, kMayBeJson, kWait, post_reload},
    AdminRoute{"POST", "/v1/plugins/{}/rollback", kPlugin, kDeploy, kMayBeJson, kWait,
               post_rollback},
    AdminRoute{"POST", "/v1/plugins/{}/promote", kPlugin, kDeploy, kMayBeJson, kWait, post_promote},
    AdminRoute{"GET", "/v1/operations", kNone, kRead, kNoBody, kBare, list_operations},
    AdminRoute{"GET", "/v1/operations/{}", kNumber, kRead, kNoBody, kBare, get_operation},
    AdminRoute{"DELETE", "/v1/operations/{}", kNumber, kOperate, kNoBody, kBare, abort_operation},
    AdminRoute{"GET", "/v1/events", kNone, kRead, kNoBody, kBare, get_events},
    AdminRoute{"GET", "/v1/app", kNone, kRead, kNoBody, kBare, get_app},
    AdminRoute{"PUT", "/v1/app", kNone, kDeploy, kJson, kChange, put_app},
    AdminRoute{"GET", "/v1/history", kNone, kRead, kNoBody, kPage, list_history},
    AdminRoute{"GET", "/v1/history/{}", kNumber, kRead, kNoBody, kBare, get_revision},
    AdminRoute{"POST", "/v1/undo", kNone, kDeploy, kJson, kChange, post_undo},
};

// Whether `path` has the shape of `pattern`; `name` is what stands where the pattern has "{}".
bool fits(std::string_view pattern, std::string_view path, std::string_view& name) {
  const std::size_t hole = pattern.find("{}");
  if (hole == std::string_view::npos) return pattern == path;
  const std::string_view before = pattern.substr(0, hole);
  const std::string_view after = pattern.substr(hole + 2);
  if (path.size() < before.size() + after.size() || !path.starts_with(before) ||
      !path.ends_with(after)) {
    return false;
  }
  name = path.substr(before.size(), path.size() - before.size() - after.size());
  return name.find('/') == std::string_view::npos;
}

bool answers(std::string_view route_method, std::string_view method) {
  return route_method == method || (route_method == "GET" && method == "HEAD");
}

Status check_media_type(const HttpRequest& request) {
  std::string_view type = request.content_type;
  const std::string_view parameters = type.substr(std::min(type.find(';'), type.size()));
  type.remove_suffix(parameters.size());
  while (type.ends_with(' ')) type.remove_suffix(1);
  // The one parameter in use says what RFC 8259 says anyway.
  const bool plain = parameters.empty() || equals_ignoring_case(parameters, ";charset=utf-8") ||
                     equals_ignoring_case(parameters, "; charset=utf-8");
  if (equals_ignoring_case(type, "application/json") && plain &&
      request.find_header("Content-Encoding") == nullptr) {
    return {};
  }
  return Error(ErrorCode::kUnsupportedMediaType,
               "the body is '" + std::string(request.content_type.substr(0, 100)) +
                   "'; it must be application/json without Content-Encoding");
}

// A number of at most eighteen digits, so that it fits whatever reads it.
Status check_number(std::string_view text) {
  const bool digits =
      std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (digits && !text.empty() && text.size() <= 18) return {};
  return Error(ErrorCode::kMalformed, "bad_name",
               "found '" + std::string(text.substr(0, 100)) + "' in the path, wanted a number");
}

Status check(NameKind kind, std::string_view name) {
  switch (kind) {
    case NameKind::kNone:
      return {};
    case NameKind::kEndpoint:
      return check_name("endpoint", name);
    case NameKind::kBackend:
      return check_name("backend", name);
    case NameKind::kPlugin:
      return check_plugin_name(name);
    case NameKind::kNumber:
      return check_number(name);
  }
  return {};
}

Status check_role(const AdminRoute& route, const AdminCaller& caller) {
  if (caller.role >= route.role) return {};
  return Error(ErrorCode::kForbidden, "role_required",
               "token '" + caller.label + "' has the role '" + std::string(name_of(caller.role)) +
                   "'; this call wants '" + std::string(name_of(route.role)) + "'");
}

Result<AdminMatch> accept(const AdminRoute& route, std::string_view name,
                          const HttpRequest& request, const AdminCaller& caller) {
  Status allowed = check_role(route, caller);
  if (!allowed.ok()) return std::move(allowed).error();
  Status good = check(route.name, name);
  if (!good.ok()) return std::move(good).error();
  auto query = parse_admin_query(request.query, route.parameters);
  if (!query.ok()) return std::move(query).error();
  const bool has_body = !request.content_type.empty() || !request.body.empty();
  const bool takes_body = route.body == kJson || (route.body == kMayBeJson && has_body);
  if (takes_body) {
    Status type = check_media_type(request);
    if (!type.ok()) return std::move(type).error();
  }
  return AdminMatch{.action = route.action,
                    .path = route.path,
                    .name = std::string(name),
                    .query = query.value(),
                    .takes_body = takes_body};
}

}  // namespace

std::vector<std::string> admin_calls() {
  std::vector<std::string> calls;
  for (const AdminRoute& route : kRoutes) {
    std::string call(route.method);
    calls.push_back(call.append(" ").append(route.path).append(" ").append(name_of(route.role)));
  }
  return calls;
}

Result<AdminMatch> match_admin_call(const HttpRequest& request, const AdminCaller& caller,
                                    std::string& allow) {
  allow.clear();
  for (const AdminRoute& route : kRoutes) {
    std::string_view name;
    if (!fits(route.path, request.route_path, name)) continue;
    if (answers(route.method, request.method)) {
      return accept(route, name, request, caller);
    }
    if (!allow.empty()) allow += ", ";
    allow += route.method == "GET" ? "GET, HEAD" : route.method;
  }
  if (allow.empty())
    return Error(ErrorCode::kNotFound, "no_route", "the admin API has no such path");
  return Error(ErrorCode::kMethodNotAllowed,
               "this path does not answer " + std::string(request.method) + "; allowed: " + allow);
}

}  // namespace backplane::host
