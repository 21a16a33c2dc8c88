#pragma once

#include <span>
#include <string>
#include <vector>

#include <backplane/abi.h>

#include "host/base/result.hpp"
#include "host/plugin/handler_factory.hpp"
#include "host/plugin/mapped_object.hpp"
#include "host/plugin/plugin_note.hpp"

namespace backplane::host {

// One handler of a plugin's table.
struct DeclaredHandler {
  HandlerDescription description;
  const bp_handler* table = nullptr;  // the plugin's; gone when it is unmapped
};

// What a plugin's table says, proved to be usable. A plain value.
struct Handshake {
  std::vector<DeclaredHandler> handlers;
  bp_status (*init)(const bp_host*, bp_error*) = nullptr;  // may be null
  void (*deinit)() = nullptr;                              // may be null
};

// [loader] Checks every field of `plugin` before it is used, and that all of it lies in `object`.
// kInvalidArgument "handshake_failed". Runs no code of the plugin.
Result<Handshake> shake_hands(const bp_plugin* plugin, const PluginNote& note,
                              const MappedObject& object);

// [any] The one of `handlers` that plugin `plugin` names `handler`. kInvalidArgument
// "unknown_handler", with the names it has.
Result<DeclaredHandler> find_handler(std::span<const DeclaredHandler> handlers,
                                     const std::string& plugin, const std::string& handler);

}  // namespace backplane::host
