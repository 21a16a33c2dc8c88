#include "host/json/json_writer.hpp"
#include "tests/conformance/model/control_model.hpp"

namespace backplane::host {
namespace {

void write(JsonWriter& json, const ModelBackend& backend) {
  json.begin_object().member("plugin", backend.plugin).member("handler", backend.plugin);
  json.key("config").begin_object().member("execution", "replica");
  json.member("num_replicas", static_cast<std::uint64_t>(backend.num_replicas));
  json.key("max_batch_size").raw("1").key("batch_wait_timeout_ms").raw("0");
  json.key("max_concurrent_queries").raw("0");
  json.member("max_queue", static_cast<std::uint64_t>(backend.max_queue));
  json.key("request_timeout_ms").raw("30000").key("mix_content_types").raw("true");
  if (!backend.user_config.empty()) json.member("user_config", backend.user_config);
  json.end_object().end_object();
}

void write(JsonWriter& json, const std::map<std::string, double>& shares) {
  json.begin_object();
  for (const auto& [tag, share] : shares) json.member(tag, share);
  json.end_object();
}

void write(JsonWriter& json, const ModelEndpoint& endpoint) {
  json.begin_object().key("route");
  if (endpoint.route.empty()) {
    json.null();
  } else {
    json.string(endpoint.route);
  }
  json.key("methods").raw(R"(["GET"])").key("traffic");
  write(json, endpoint.traffic);
  json.member("policy", endpoint.policy);
  if (endpoint.packing_num > 0) {
    json.member("packing_num", static_cast<std::uint64_t>(endpoint.packing_num));
  }
  json.key("shadows");
  write(json, endpoint.shadows);
  json.end_object();
}

void write(JsonWriter& json, const ModelState& state) {
  json.begin_object().key("backends").begin_object();
  for (const auto& [tag, backend] : state.backends) write(json.key(tag), backend);
  json.end_object().key("endpoints").begin_object();
  for (const auto& [name, endpoint] : state.endpoints) write(json.key(name), endpoint);
  json.end_object().end_object();
}

template <typename Value>
std::string text_of(const Value& value) {
  std::string text;
  JsonWriter json(text);
  write(json, value);
  return text;
}

}  // namespace

std::string json_of(const ModelState& state) {
  return text_of(state);
}
std::string json_of(const ModelBackend& backend) {
  return text_of(backend);
}
std::string json_of(const ModelEndpoint& endpoint) {
  return text_of(endpoint);
}
std::string json_of(const std::map<std::string, double>& shares) {
  return text_of(shares);
}

}  // namespace backplane::host
