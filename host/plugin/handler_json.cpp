#include "host/plugin/handler_json.hpp"

#include <cstdint>

namespace backplane::host {

void write_handlers(JsonWriter& json, const std::vector<HandlerDescription>& handlers) {
  json.key("handlers").begin_array();
  for (const HandlerDescription& handler : handlers) {
    json.begin_object()
        .member("name", handler.name)
        .member("version", handler.version)
        .member("max_batch", std::uint64_t{handler.max_batch})
        .member("stateless", handler.stateless)
        .member("never_blocks", handler.never_blocks)
        .member("async", handler.async)
        .member("streams", handler.streams)
        .member("reconfigurable", handler.reconfigurable)
        .end_object();
  }
  json.end_array();
}

}  // namespace backplane::host
