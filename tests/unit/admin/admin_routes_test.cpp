#include "host/admin/admin_routes.hpp"

#include <string>

#include <doctest/doctest.h>

#include "host/admin/endpoints_resource.hpp"
#include "host/admin/status_resource.hpp"

namespace backplane::host {
namespace {

HttpRequest request(std::string_view method, std::string_view path,
                    std::string_view type = "application/json") {
  HttpRequest made;
  made.method = method;
  made.path = made.route_path = path;
  made.content_type = type;
  return made;
}

const AdminCaller deployer{.label = "d", .role = AdminRole::kDeploy};

// What each role may do with `method` on `path`, as "-rw": one letter for each, '-' for a refusal.
std::string roles_for(std::string_view method, std::string_view path) {
  std::string letters;
  for (const std::string_view role : kAdminRoleNames) {
    const AdminCaller caller{.label = "t", .role = *admin_role_named(role)};
    std::string allow;
    const auto match = match_admin_call(request(method, path), caller, allow);
    letters += match.ok() ? role.front() : '-';
  }
  return letters;
}

ErrorCode refusal(const HttpRequest& made) {
  std::string allow;
  const auto match = match_admin_call(made, deployer, allow);
  REQUIRE_FALSE(match.ok());
  return match.error().code();
}

TEST_SUITE("admin") {
  TEST_CASE("match_admin_call: a path and a method mean one call, with the name in the path") {
    std::string allow;
    const auto put =
        match_admin_call(request("PUT", "/v1/endpoints/split/traffic"), deployer, allow);
    REQUIRE(put.ok());
    CHECK((put.value().action == put_traffic));
    CHECK(put.value().name == "split");
    CHECK(put.value().takes_body);
    const auto policy =
        match_admin_call(request("PUT", "/v1/endpoints/split/policy"), deployer, allow);
    REQUIRE(policy.ok());
    CHECK((policy.value().action == put_policy));
    const auto shadows =
        match_admin_call(request("PUT", "/v1/endpoints/split/shadows"), deployer, allow);
    REQUIRE(shadows.ok());
    CHECK((shadows.value().action == put_shadows));
    const auto head = match_admin_call(request("HEAD", "/v1/status"), deployer, allow);
    REQUIRE(head.ok());
    CHECK((head.value().action == get_status));
    CHECK_FALSE(head.value().takes_body);
  }

  TEST_CASE("match_admin_call: a method that a path does not answer says which it does") {
    std::string allow;
    const auto match = match_admin_call(request("POST", "/v1/backends/a"), deployer, allow);
    REQUIRE_FALSE(match.ok());
    CHECK(match.error().code() == ErrorCode::kMethodNotAllowed);
    CHECK(allow == "GET, HEAD, PUT, PATCH, DELETE");
  }

  TEST_CASE("match_admin_call: unknown paths, bad names, queries and media types are refused") {
    CHECK(refusal(request("GET", "/v1/nothing")) == ErrorCode::kNotFound);
    CHECK(refusal(request("GET", "/v1/endpoints/")) == ErrorCode::kMalformed);
    CHECK(refusal(request("GET", "/v1/endpoints/a/b")) == ErrorCode::kNotFound);
    CHECK(refusal(request("GET", "/v1/endpoints/A")) == ErrorCode::kMalformed);
    CHECK(refusal(request("GET", "/v1/plugins/..")) == ErrorCode::kMalformed);
    CHECK(refusal(request("PUT", "/v1/backends/a", "text/plain")) ==
          ErrorCode::kUnsupportedMediaType);
    CHECK(refusal(request("PUT", "/v1/backends/a", "")) == ErrorCode::kUnsupportedMediaType);
    CHECK(refusal(request("PUT", "/v1/backends/a", "application/json; charset=utf-16")) ==
          ErrorCode::kUnsupportedMediaType);
    HttpRequest with_query = request("GET", "/v1/status");
    with_query.query = "x=1";
    CHECK(refusal(with_query) == ErrorCode::kMalformed);
  }

  TEST_CASE("match_admin_call: to look takes read, to steer operate, to decide deploy") {
    CHECK(roles_for("GET", "/v1/backends") == "rod");
    CHECK(roles_for("HEAD", "/metrics") == "rod");
    for (const char* what : {"traffic", "policy", "shadows"}) {
      CAPTURE(what);
      CHECK(roles_for("PUT", std::string("/v1/endpoints/a/") + what) == "-od");
    }
    CHECK(roles_for("PUT", "/v1/endpoints/a") == "--d");
    CHECK(roles_for("DELETE", "/v1/endpoints/a") == "--d");
    CHECK(roles_for("PUT", "/v1/backends/a") == "--d");
    CHECK(roles_for("DELETE", "/v1/backends/a") == "--d");
    CHECK(roles_for("PATCH", "/v1/backends/a") == "-od");
    CHECK(roles_for("DELETE", "/v1/operations/1") == "-od");
    CHECK(roles_for("PUT", "/v1/app") == "--d");
    CHECK(roles_for("POST", "/v1/undo") == "--d");
  }

  TEST_CASE("match_admin_call: the role is judged behind path and method, before all else") {
    const AdminCaller reader{.label = "ro", .role = AdminRole::kRead};
    std::string allow;
    const auto code = [&](const HttpRequest& made) {
      const auto match = match_admin_call(made, reader, allow);
      REQUIRE_FALSE(match.ok());
      return match.error().code();
    };
    CHECK(code(request("PUT", "/v1/nothing")) == ErrorCode::kNotFound);
    CHECK(code(request("POST", "/v1/backends/a")) == ErrorCode::kMethodNotAllowed);
    CHECK(code(request("PUT", "/v1/backends/A", "text/plain")) == ErrorCode::kForbidden);
    const auto match = match_admin_call(request("PUT", "/v1/backends/a"), reader, allow);
    REQUIRE_FALSE(match.ok());
    CHECK(match.error().reason() == "role_required");
    CHECK(match.error().message() == "token 'ro' has the role 'read'; this call wants 'deploy'");
  }

  TEST_CASE("match_admin_call: charset=utf-8 says what JSON says anyway") {
    std::string allow;
    CHECK(match_admin_call(request("PUT", "/v1/backends/a", "application/json; charset=utf-8"),
                           deployer, allow)
              .ok());
    CHECK(match_admin_call(request("PUT", "/v1/backends/a", "Application/JSON"), deployer, allow)
              .ok());
  }
}

}  // namespace
}  // namespace backplane::host
