#include "host/admin/status_resource.hpp"

#include <chrono>
#include <string>
#include <vector>

#include <backplane/abi.h>

#include "host/message/error_response.hpp"

namespace backplane::host {
namespace {

void write_strings(JsonWriter& json, std::string_view name, const std::vector<std::string>& texts) {
  json.key(name).begin_array();
  for (const std::string& text : texts) json.string(text);
  json.end_array();
}

}  // namespace

void get_health(AdminContext& context, const AdminCallPtr& call) {
  call->reply(200, context.controller.revision(),
              [](JsonWriter& json) { json.member("status", "ok"); });
}

void get_readiness(AdminContext& context, const AdminCallPtr& call) {
  const std::vector<std::string> causes = context.controller.unready_causes();
  const unsigned status = causes.empty() ? 200 : http_status_of(ErrorCode::kUnavailable);
  call->reply(status, context.controller.revision(), [&causes](JsonWriter& json) {
    json.member("ready", causes.empty());
    write_strings(json, "causes", causes);
  });
}

void get_status(AdminContext& context, const AdminCallPtr& call) {
  const Controller& controller = context.controller;
  const auto uptime = std::chrono::duration<double>(Clock::now() - context.started);
  call->reply(200, controller.revision(), [&](JsonWriter& json) {
    json.member("version", context.version)
        .member("abi", std::to_string(BP_ABI_MAJOR) + "." + std::to_string(BP_ABI_MINOR))
        .member("uptime_seconds", uptime.count())
        .member("revision", controller.revision())
        .member("ready", controller.unready_causes().empty())
        .member("data_url", context.data_url());
    write_strings(json, "causes", controller.unready_causes());
    json.key("backends").begin_object();
    for (const auto& [tag, spec] : controller.desired().backends) {
      const auto backend = controller.serving(tag);
      json.key(tag).begin_object().member("ready", backend != nullptr);
      if (backend != nullptr) {
        json.member("replicas", std::uint64_t{backend->num_replicas()})
            .member("queued", std::uint64_t{backend->queued()});
      }
      if (const Error* failure = controller.failure(tag)) json.member("error", failure->message());
      json.end_object();
    }
    json.end_object();
    write_strings(json, "draining", controller.draining_backends());
    write_strings(json, "draining_overdue", controller.overdue_backends(Clock::now()));
    json.key("http").begin_object();
    context.write_data_counters(json);
    json.end_object();
  });
}

}  // namespace backplane::host
