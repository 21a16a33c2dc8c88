#include "tests/support/secured_host.hpp"

#include <fstream>

#include <doctest/doctest.h>

#include "host/admin/token_digest.hpp"

namespace backplane::host {
namespace {

AdminToken token(const std::string& label, AdminRole role, std::string_view text,
                 std::optional<WallTime> expires = std::nullopt) {
  AdminToken made{.label = label, .role = role, .salt = "0123456789abcdef", .expires = expires};
  made.sha256 = token_digest(made.salt, text);
  return made;
}

HostFixture::Adjust secured(const HostFixture::Adjust& adjust) {
  return [adjust](HostConfig& config) {
    config.admin_auth = AdminAuth::kToken;
    config.admin_tokens = {token("reader", AdminRole::kRead, SecuredHost::kReader),
                           token("operator", AdminRole::kOperate, SecuredHost::kOperator),
                           token("late", AdminRole::kDeploy, SecuredHost::kExpired, wall_now())};
    if (adjust) adjust(config);
  };
}

}  // namespace

SecuredHost::SecuredHost(const HostFixture::Adjust& adjust) : fixture_({"hello"}, secured(adjust)) {
  fixture_.show_token(deploy_token());
  fixture_.create_backend("hello", "hello");
  fixture_.create_endpoint("hello", "/hello", R"({"hello":1})");
}

std::string SecuredHost::deploy_token() const {
  std::string text;
  std::ifstream(fixture_.directory() / "state" / "admin.token") >> text;
  REQUIRE_FALSE(text.empty());
  return text;
}

std::string SecuredHost::refused(std::string_view method, std::string_view path,
                                 const Fields& fields, std::string_view body, std::uint32_t peer) {
  const std::string before = served();
  RawClient client;
  REQUIRE(client.connect_from(peer, fixture_.admin_port()));
  REQUIRE(client.send(request_text(method, path, fields, body)));
  auto response = client.read_response(method == "HEAD");
  REQUIRE(response.has_value());
  answer_ = Answer(std::move(*response));
  const std::string after = served();
  return after == before ? answer_.refusal()
                         : answer_.refusal() + ", and what is served is now " + after;
}

std::string SecuredHost::served() const {
  return "revision " + fixture_.admin("GET", "/v1/status").at("/revision") + ", routes " +
         fixture_.get("/-/routes").body() + ", /hello " + fixture_.get("/hello").body();
}

std::pair<std::string, std::string> bearer(std::string_view token) {
  return {"Authorization", "Bearer " + std::string(token)};
}

}  // namespace backplane::host
