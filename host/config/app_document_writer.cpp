#include "host/config/app_document_writer.hpp"

namespace backplane::host {
namespace {

void write_config(const BackendConfig& config, JsonWriter& json) {
  const auto milliseconds = [](std::chrono::milliseconds time) {
    return static_cast<std::uint64_t>(time.count());
  };
  json.key("config").begin_object();
  json.member("execution", config.execution == Execution::kInline ? "inline" : "replica");
  json.member("num_replicas", std::uint64_t{config.num_replicas});
  json.member("max_batch_size", std::uint64_t{config.max_batch_size});
  json.member("batch_wait_timeout_ms", milliseconds(config.batch_wait_timeout));
  json.member("max_concurrent_queries", std::uint64_t{config.max_concurrent_queries});
  json.member("max_queue", std::uint64_t{config.max_queue});
  json.member("request_timeout_ms", milliseconds(config.request_timeout));
  json.member("mix_content_types", config.mix_content_types);
  if (!config.user_config_json.empty()) json.key("user_config").raw(config.user_config_json);
  json.end_object();
}

void write_shares(std::string_view key, const std::map<std::string, double>& shares,
                  JsonWriter& json) {
  json.key(key).begin_object();
  for (const auto& [tag, share] : shares) json.member(tag, share);
  json.end_object();
}

}  // namespace

void write_members(const BackendSpec& spec, JsonWriter& json) {
  json.member("plugin", spec.plugin).member("handler", spec.handler);
  if (!spec.init_json.empty()) json.key("init").raw(spec.init_json);
  write_config(spec.config, json);
}

void write_members(const EndpointSpec& spec, JsonWriter& json) {
  json.key("route");
  if (spec.route) {
    json.string(*spec.route);
  } else {
    json.null();
  }
  json.key("methods").begin_array();
  for (const std::string& method : spec.methods) json.string(method);
  json.end_array();
  write_shares("traffic", spec.traffic, json);
  json.member("policy", spec.policy.name());
  if (spec.policy.kind == PolicyKind::kFixedPacking) {
    json.member("packing_num", std::uint64_t{spec.policy.packing_num});
  }
  write_shares("shadows", spec.shadows, json);
}

void write_members(const AppDocument& document, JsonWriter& json) {
  json.key("backends").begin_object();
  for (const auto& [tag, spec] : document.backends) {
    json.key(tag).begin_object();
    write_members(spec, json);
    json.end_object();
  }
  json.end_object().key("endpoints").begin_object();
  for (const auto& [name, spec] : document.endpoints) {
    json.key(name).begin_object();
    write_members(spec, json);
    json.end_object();
  }
  json.end_object();
}

void write_app_document(const AppDocument& document, JsonWriter& json) {
  json.begin_object();
  write_members(document, json);
  json.end_object();
}

}  // namespace backplane::host
