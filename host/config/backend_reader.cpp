#include "host/config/backend_reader.hpp"

#include <cmath>
#include <optional>
#include <string>
#include <utility>

#include "host/config/names.hpp"
#include "host/config/object_reader.hpp"
#include "host/json/json_copy.hpp"
#include "host/json/json_reader.hpp"
#include "host/json/json_writer.hpp"
#include "host/json/value_errors.hpp"

namespace backplane::host {
namespace {

constexpr IntegerRange kBatchSize{1, 1024};
constexpr IntegerRange kBatchWait{0, 60'000};
constexpr IntegerRange kConcurrent{0, 1024};
constexpr IntegerRange kQueue{0, 1'000'000};
constexpr IntegerRange kRequestTimeout{1, std::int64_t{24} * 60 * 60 * 1000};

// The first number beyond every double, below `value` or itself: it would become another number,
// or an error, in whatever the plugin reads it with.
std::optional<JsonValue> unspeakable_number(const JsonValue& value) {
  if (!std::isfinite(value.number().value_or(0))) return value;
  for (const JsonValue& child : value.children()) {
    if (auto found = unspeakable_number(child)) return found;
  }
  return std::nullopt;
}

// A value for the plugin: kept as text.
void read_opaque(ObjectReader& reader, std::string_view key, std::string& field,
                 std::vector<Error>& errors) {
  const std::optional<JsonValue> value = reader.take(key);
  if (!value) return;
  if (const auto number = unspeakable_number(*value)) {
    errors.push_back(unfit_value(*number, "a number that fits a double"));
    return;
  }
  field = value->kind() == JsonKind::kNull ? std::string() : compact_json(*value);
}

void read_checked_name(ObjectReader& reader, std::string_view key,
                       Status (*check)(std::string_view), std::string& field,
                       std::vector<Error>& errors) {
  const std::optional<JsonValue> value = reader.require(key);
  if (!value) return;
  const std::optional<std::string_view> name = value->string();
  if (!name) {
    reader.refuse(*value, "a string");
    return;
  }
  Status checked = check(*name);
  if (!checked.ok()) {
    // In a path a bad name cannot be read at all; in a document it is a value out of its range.
    const Error& error = checked.error();
    errors.push_back(
        Error(ErrorCode::kInvalidArgument, std::string(error.reason()), error.message())
            .with_pointer(value->pointer()));
    return;
  }
  field = *name;
}

// Inline execution has a replica for each I/O thread and hands it one request at a time.
void check_alone(const JsonValue& config, std::string_view key, std::uint32_t number,
                 std::vector<Error>& errors) {
  if (number == 1) return;
  errors.push_back(Error(ErrorCode::kInvalidArgument,
                         "found " + std::to_string(number) + " for '" + std::string(key) +
                             "', wanted 1, or none, as execution is 'inline'")
                       .with_pointer(config.pointer() + "/" + std::string(key)));
}

// Gives one key its default; false when there is no such key.
bool reset_key(std::string_view key, BackendConfig& config) {
  const BackendConfig defaults;
  if (key == "execution")
    config.execution = defaults.execution;
  else if (key == "num_replicas")
    config.num_replicas = defaults.num_replicas;
  else if (key == "max_batch_size")
    config.max_batch_size = defaults.max_batch_size;
  else if (key == "batch_wait_timeout_ms")
    config.batch_wait_timeout = defaults.batch_wait_timeout;
  else if (key == "max_concurrent_queries")
    config.max_concurrent_queries = defaults.max_concurrent_queries;
  else if (key == "max_queue")
    config.max_queue = defaults.max_queue;
  else if (key == "request_timeout_ms")
    config.request_timeout = defaults.request_timeout;
  else if (key == "mix_content_types")
    config.mix_content_types = defaults.mix_content_types;
  else if (key == "user_config")
    config.user_config_json.clear();
  else
    return false;
  return true;
}

}  // namespace

void read_backend_config(const JsonValue& value, const AppLimits& limits, BackendConfig& config,
                         std::vector<Error>& errors) {
  ObjectReader reader(value, errors);
  if (const auto word = reader.read_word("execution", {"replica", "inline"})) {
    config.execution = *word == 1 ? Execution::kInline : Execution::kReplica;
  }
  reader.read("num_replicas", {1, limits.max_replicas}, config.num_replicas);
  reader.read("max_batch_size", kBatchSize, config.max_batch_size);
  reader.read("batch_wait_timeout_ms", kBatchWait, config.batch_wait_timeout);
  reader.read("max_concurrent_queries", kConcurrent, config.max_concurrent_queries);
  reader.read("max_queue", kQueue, config.max_queue);
  reader.read("request_timeout_ms", kRequestTimeout, config.request_timeout);
  reader.read("mix_content_types", config.mix_content_types);
  read_opaque(reader, "user_config", config.user_config_json, errors);
  reader.finish();
  if (config.max_concurrent_queries != 0 && config.max_concurrent_queries < config.max_batch_size) {
    errors.push_back(
        Error(ErrorCode::kInvalidArgument,
              "found " + std::to_string(config.max_concurrent_queries) +
                  " for 'max_concurrent_queries', wanted 0 or at least max_batch_size, "
                  "which is " +
                  std::to_string(config.max_batch_size))
            .with_pointer(value.pointer() + "/max_concurrent_queries"));
  }
  if (config.execution == Execution::kInline) {
    check_alone(value, "num_replicas", config.num_replicas, errors);
    check_alone(value, "max_batch_size", config.max_batch_size, errors);
  }
}

BackendSpec read_backend(std::string_view tag, const JsonValue& value, const AppLimits& limits,
                         std::vector<Error>& errors) {
  BackendSpec spec;
  spec.tag = tag;
  Status named = check_name("the tag of a backend", tag);
  if (!named.ok()) errors.push_back(std::move(named).error().with_pointer(value.pointer()));
  ObjectReader reader(value, errors);
  read_checked_name(reader, "plugin", check_plugin_name, spec.plugin, errors);
  read_checked_name(reader, "handler", check_handler_name, spec.handler, errors);
  read_opaque(reader, "init", spec.init_json, errors);
  if (const auto config = reader.take("config")) {
    read_backend_config(*config, limits, spec.config, errors);
  }
  reader.finish();
  return spec;
}

Result<BackendSpec> parse_backend(std::string_view tag, const JsonValue& body,
                                  const AppLimits& limits) {
  std::vector<Error> errors;
  BackendSpec spec = read_backend(tag, body, limits, errors);
  if (!errors.empty()) return std::move(errors.front());
  return spec;
}

Result<std::string> parse_backend_patch(const JsonValue& body) {
  std::vector<Error> errors;
  ObjectReader reader(body, errors);
  const auto config = reader.require("config");
  if (config && !config->is_object()) reader.refuse(*config, "an object");
  reader.finish();
  if (!errors.empty()) return std::move(errors.front());
  return "{\"config\":" + compact_json(*config) + "}";
}

Status apply_backend_patch(const std::string& patch_json, const AppLimits& limits,
                           BackendConfig& config) {
  auto patch = parse_json(patch_json);
  if (!patch.ok()) return std::move(patch).error();
  std::string given;
  JsonWriter json(given);
  json.begin_object().key("config").begin_object();
  BackendConfig next = config;
  for (const JsonValue& member : patch.value().root().find("config")->children()) {
    if (member.kind() == JsonKind::kNull && reset_key(member.key(), next)) continue;
    json.key(member.key()).raw(member.source());
  }
  json.end_object().end_object();
  auto rest = parse_json(given);
  if (!rest.ok()) return std::move(rest).error();
  std::vector<Error> errors;
  read_backend_config(*rest.value().root().find("config"), limits, next, errors);
  if (!errors.empty()) return std::move(errors.front());
  config = std::move(next);
  return {};
}

}  // namespace backplane::host
