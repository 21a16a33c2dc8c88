#include "host/plugin/probe_request.hpp"

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

}  // namespace

std::string write_probe_request(const ProbeRequest& request, int parent) {
  std::string text;
  JsonWriter json(text);
  json.begin_object()
      .member("plugin", request.plugin)
      .member("path", request.path)
      .key("parent")
      .number(std::int64_t{parent})
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
  json.end_array().end_object();
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
  for (const JsonValue& handler : handlers->children()) {
    order.request.handlers.push_back({.handler = text_of(handler, "handler"),
                                      .backend = text_of(handler, "backend"),
                                      .init_json = text_of(handler, "init"),
                                      .user_config_json = text_of(handler, "user_config")});
  }
  return order;
}

}  // namespace backplane::host
