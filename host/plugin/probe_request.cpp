#include "host/plugin/probe_request.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>

#include "host/json/json_reader.hpp"
#include "host/json/json_writer.hpp"

namespace backplane::host {
namespace {

// Many backends, each with an init and a user_config as large as the admin listener takes them.
constexpr JsonLimits kLimits{.max_bytes = std::size_t{256} << 20U, .max_depth = 4};

std::string text_of(const JsonValue& object, std::string_view name) {
  const std::optional<JsonValue> member = object.find(name);
  return std::string(member ? member->string().value_or("") : "");
}

std::int64_t number_of(const JsonValue& object, std::string_view name) {
  const std::optional<JsonValue> member = object.find(name);
  return member ? member->integer().value_or(0) : 0;
}

// Bodies need not be text, and JSON has nothing else.
std::string to_hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text += kDigits[byte >> 4U];
    text += kDigits[byte & 15U];
  }
  return text;
}

std::string from_hex(std::string_view text) {
  std::string bytes;
  bytes.reserve(text.size() / 2);
  for (; text.size() >= 2; text.remove_prefix(2)) {
    unsigned char byte = 0;
    std::from_chars(text.data(), text.data() + 2, byte, 16);
    bytes += static_cast<char>(byte);
  }
  return bytes;
}

void write_trial(JsonWriter& json, const TrialPlan& trial) {
  json.key("trial").begin_object();
  json.key("patience_ms").number(std::int64_t{trial.patience.count()});
  json.member("reloads", std::uint64_t{trial.reloads}).member("other_copy", trial.other_copy);
  json.key("samples").begin_array();
  for (const std::string& sample : trial.samples) json.string(to_hex(sample));
  json.end_array().end_object();
}

TrialPlan read_trial(const JsonValue& object) {
  TrialPlan trial;
  trial.patience = std::chrono::milliseconds(number_of(object, "patience_ms"));
  trial.reloads = static_cast<std::uint32_t>(
      std::clamp<std::int64_t>(number_of(object, "reloads"), 0, kMaxReloads));
  trial.other_copy = text_of(object, "other_copy");
  const auto samples = object.find("samples");
  if (!samples) return trial;
  for (const JsonValue& sample : samples->children()) {
    trial.samples.push_back(from_hex(sample.string().value_or("")));
  }
  return trial;
}

}  // namespace

std::string write_probe_request(const ProbeRequest& request, int parent) {
  std::string text;
  JsonWriter json(text);
  json.begin_object()
      .member("plugin", request.plugin)
      .member("path", request.path)
      .key("parent")
      .number(std::int64_t{parent})
      .key("cpu_seconds")
      .number(std::int64_t{request.cpu_time.count()})
      .key("handlers")
      .begin_array();
  for (const ProbeHandler& handler : request.handlers) {
    json.begin_object()
        .member("handler", handler.handler)
        .member("backend", handler.backend)
        .member("init", handler.init_json)
        .member("user_config", handler.user_config_json)
        .end_object();
  }
  json.end_array();
  if (request.trial) write_trial(json, *request.trial);
  json.end_object();
  return text;
}

Result<ProbeOrder> read_probe_request(std::string_view text) {
  auto document = parse_json(text, kLimits);
  if (!document.ok()) return std::move(document).error();
  const JsonValue root = document.value().root();
  ProbeOrder order;
  order.request.plugin = text_of(root, "plugin");
  order.request.path = text_of(root, "path");
  const auto parent = root.find("parent");
  const auto handlers = root.find("handlers");
  if (order.request.path.empty() || !parent || !parent->integer() || !handlers) {
    return Error(ErrorCode::kInvalidArgument, "found no 'path', 'parent' or 'handlers'");
  }
  order.parent = static_cast<int>(*parent->integer());
  if (const auto seconds = root.find("cpu_seconds")) {
    order.request.cpu_time = std::chrono::seconds(seconds->integer().value_or(0));
  }
  if (const auto trial = root.find("trial")) order.request.trial = read_trial(*trial);
  for (const JsonValue& handler : handlers->children()) {
    order.request.handlers.push_back({.handler = text_of(handler, "handler"),
                                      .backend = text_of(handler, "backend"),
                                      .init_json = text_of(handler, "init"),
                                      .user_config_json = text_of(handler, "user_config")});
  }
  return order;
}

}  // namespace backplane::host
