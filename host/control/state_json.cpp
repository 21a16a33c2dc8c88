#include "host/control/state_json.hpp"

#include <cstdint>

#include "host/config/app_document_writer.hpp"
#include "host/json/json_reader.hpp"

namespace backplane::host {
namespace {

template <typename Spec>
std::string members_of(const Spec& spec) {
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  write_members(spec, json);
  json.end_object();
  return text;
}

}  // namespace

std::string object_json(const BackendSpec& spec) {
  return members_of(spec);
}

std::string object_json(const EndpointSpec& spec) {
  return members_of(spec);
}

Result<JsonDocument> parse_state_json(std::string_view text) {
  return parse_json(text, {.max_bytes = INT32_MAX, .max_depth = 64, .max_tokens = INT32_MAX});
}

}  // namespace backplane::host
