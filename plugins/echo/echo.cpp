#include <string_view>

#include <backplane/json_writer.hpp>
#include <backplane/plugin.hpp>

namespace {

// JSON strings are UTF-8; bytes that are not go as base64, under a name that says so.
void write_text(backplane::JsonWriter& json, std::string_view name, std::string_view bytes) {
  if (backplane::is_utf8(bytes)) {
    json.member(name, bytes);
  } else {
    json.key(std::string(name) + "_base64").bytes(bytes);
  }
}

}  // namespace

// Answers with what arrived. Query arguments and headers are lists of {name, value}: their order
// and repetitions are part of the request.
backplane::Response echo(const backplane::Request& request) {
  backplane::JsonWriter json;
  json.begin_object();
  write_text(json, "method", request.method());
  write_text(json, "path", request.path());
  json.key("query").begin_array();
  for (const auto& [name, value] : request.args()) {
    json.begin_object();
    write_text(json, "name", name);
    write_text(json, "value", value);
    json.end_object();
  }
  json.end_array().key("headers").begin_array();
  for (const auto& [name, value] : request.headers()) {
    json.begin_object();
    write_text(json, "name", name);
    write_text(json, "value", value);
    json.end_object();
  }
  json.end_array();
  write_text(json, "body", request.body());
  json.end_object();
  return backplane::Response::json(json.take());
}

BACKPLANE_PLUGIN("echo", "1.0.0", backplane::function<echo>("echo"));
