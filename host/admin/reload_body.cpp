#include "host/admin/reload_body.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "host/json/json_value.hpp"

namespace backplane::host {
namespace {

double number_in(const JsonValue& body, std::string_view name, double otherwise) {
  const auto member = body.find(name);
  return member ? member->number().value_or(otherwise) : otherwise;
}

std::chrono::milliseconds milliseconds_in(const JsonValue& body, std::string_view name,
                                          std::chrono::milliseconds otherwise) {
  return std::chrono::milliseconds(
      static_cast<std::int64_t>(number_in(body, name, static_cast<double>(otherwise.count()))));
}

std::string text_in(const JsonValue& body, std::string_view name) {
  const auto member = body.find(name);
  return std::string(member ? member->string().value_or("") : "");
}

CanaryLimits canary_in(const JsonValue& body) {
  CanaryLimits limits;
  limits.weight = number_in(body, "weight", limits.weight);
  limits.min_requests = static_cast<std::uint64_t>(
      number_in(body, "min_requests", static_cast<double>(limits.min_requests)));
  limits.max_error_rate = number_in(body, "max_error_rate", limits.max_error_rate);
  limits.max_p99 = milliseconds_in(body, "max_p99_ms", {});
  limits.duration = milliseconds_in(body, "duration_ms", limits.duration);
  return limits;
}

}  // namespace

Result<ReloadRequest> reload_asked(const AdminCall& call) {
  ReloadRequest request{.plugin = call.name()};
  if (!call.has_body()) return request;
  const JsonValue body = call.body();
  request.sha256 = text_in(body, "sha256");
  const auto force = body.find("force");
  request.force = force && force->boolean().value_or(false);
  request.carry_state = text_in(body, "state") != "fresh";
  if (body.find("drain_timeout_ms")) {
    request.drain_timeout = milliseconds_in(body, "drain_timeout_ms", {});
  }
  if (text_in(body, "strategy") == "canary") {
    request.canary = canary_in(body);
    return request;
  }
  for (const std::string_view key :
       {"weight", "min_requests", "max_error_rate", "max_p99_ms", "duration_ms"}) {
    if (!body.find(key)) continue;
    return Error(ErrorCode::kInvalidArgument, "invalid_argument",
                 "'" + std::string(key) + "' wants the strategy 'canary'")
        .with_pointer("/" + std::string(key));
  }
  return request;
}

ReloadRequest rollback_asked(const AdminCall& call) {
  const bool fresh = call.has_body() && text_in(call.body(), "state") == "fresh";
  return {.plugin = call.name(), .rollback = true, .carry_state = !fresh};
}

}  // namespace backplane::host
