#include "host/plugin/handshake.hpp"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>

#include "host/plugin/plugin_text.hpp"

namespace backplane::host {
namespace {

constexpr std::size_t kMaxHandlers = 256;
constexpr std::size_t kMaxText = 256;

Error failed(std::string message) {
  return {ErrorCode::kInvalidArgument, "handshake_failed", std::move(message)};
}

template <typename Function>
bool is_code(const MappedObject& object, Function* function) {
  return object.has_code_at(std::bit_cast<std::uintptr_t>(function));
}

// An optional function: absent, or code of this object.
template <typename Function>
bool is_code_or_null(const MappedObject& object, Function* function) {
  return function == nullptr || is_code(object, function);
}

// True when the struct at `table`, which must have `required` bytes, is readable as far as it
// says, and as far as this host knows it.
template <typename Table>
bool holds(const MappedObject& object, const Table* table, std::size_t required) {
  return object.holds(table, required) && table->struct_size >= required &&
         object.holds(table, std::min<std::size_t>(table->struct_size, sizeof(Table)));
}

bool is_handler_name(std::string_view name) {
  return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-';
  });
}

std::string version_of(const MappedObject& object, const char* version) {
  return printable(object.text_at(version, kMaxText).value_or(std::string_view()), 64);
}

Status check_plugin(const bp_plugin* plugin, const PluginNote& note, const MappedObject& object) {
  if (plugin == nullptr) return failed("its entry refuses this host");
  if (!holds(object, plugin, offsetof(bp_plugin, init))) {
    return failed("its table is too short, or not in the plugin");
  }
  if (plugin->magic != BP_MAGIC) return failed("its table has a wrong magic number");
  if (plugin->abi_major != note.abi_major || plugin->abi_minor != note.abi_minor) {
    return failed("its table and its note name different ABI versions: " +
                  std::to_string(plugin->abi_major) + "." + std::to_string(plugin->abi_minor) +
                  " and " + std::to_string(note.abi_major) + "." + std::to_string(note.abi_minor));
  }
  const auto name = object.text_at(plugin->name, kMaxText);
  if (!name || printable(*name) != note.name) {
    return failed("its table and its note, which says '" + note.name + "', name it differently");
  }
  if (version_of(object, plugin->version) != note.version) {
    return failed("its table and its note, which says '" + note.version +
                  "', give different versions");
  }
  if (plugin->handler_count == 0 || plugin->handler_count > kMaxHandlers) {
    return failed("it has " + std::to_string(plugin->handler_count) + " handlers; 1 to " +
                  std::to_string(kMaxHandlers) + " are possible");
  }
  if (!object.holds(plugin->handlers, plugin->handler_count * sizeof(const bp_handler*))) {
    return failed("its list of handlers is not in the plugin");
  }
  return {};
}

bool has_functions(const MappedObject& object, const bp_handler* handler) {
  const bool required = is_code(object, handler->create) && is_code(object, handler->destroy) &&
                        is_code(object, handler->execute);
  return required &&
         (!BP_HAS(handler, bp_handler, reconfigure) ||
          is_code_or_null(object, handler->reconfigure)) &&
         (!BP_HAS(handler, bp_handler, health) || is_code_or_null(object, handler->health)) &&
         (!BP_HAS(handler, bp_handler, get_extension) ||
          is_code_or_null(object, handler->get_extension));
}

Result<DeclaredHandler> check_handler(const bp_handler* handler, const MappedObject& object) {
  if (!holds(object, handler, offsetof(bp_handler, reconfigure))) {
    return failed("a handler's table is too short, or not in the plugin");
  }
  const auto name = object.text_at(handler->name, kMaxText);
  if (!name || !is_handler_name(*name)) {
    return failed("the handler name '" + printable(name.value_or("")) +
                  "' is not of the form [a-z0-9_.-]{1,64}");
  }
  const std::string quoted = "handler '" + std::string(*name) + "'";
  if (!has_functions(object, handler)) {
    return failed(quoted + " lacks a function, or has one outside of the plugin");
  }
  const bool batch = (handler->flags & BP_HF_BATCH) != 0;
  if (batch && handler->max_batch == 0) return failed(quoted + " takes batches of none");
  DeclaredHandler declared;
  declared.table = handler;
  declared.description = {.name = std::string(*name),
                          .version = version_of(object, handler->version),
                          .max_batch = batch ? handler->max_batch : 1,
                          .stateless = (handler->flags & BP_HF_STATELESS) != 0,
                          .never_blocks = (handler->flags & BP_HF_NEVER_BLOCKS) != 0 &&
                                          (handler->flags & (BP_HF_ASYNC | BP_HF_STREAM)) == 0,
                          .async = (handler->flags & BP_HF_ASYNC) != 0,
                          .streams = (handler->flags & BP_HF_STREAM) != 0,
                          .reconfigurable = BP_HAS(handler, bp_handler, reconfigure) &&
                                            handler->reconfigure != nullptr};
  return declared;
}

}  // namespace

Result<Handshake> shake_hands(const bp_plugin* plugin, const PluginNote& note,
                              const MappedObject& object) {
  Status status = check_plugin(plugin, note, object);
  if (!status.ok()) return std::move(status).error();
  Handshake shaken;
  for (std::uint32_t i = 0; i < plugin->handler_count; ++i) {
    auto handler = check_handler(plugin->handlers[i], object);
    if (!handler.ok()) return std::move(handler).error();
    const std::string& name = handler.value().description.name;
    for (const DeclaredHandler& other : shaken.handlers) {
      if (other.description.name == name) return failed("it has two handlers '" + name + "'");
    }
    shaken.handlers.push_back(std::move(handler).value());
  }
  if (BP_HAS(plugin, bp_plugin, init)) shaken.init = plugin->init;
  if (BP_HAS(plugin, bp_plugin, deinit)) shaken.deinit = plugin->deinit;
  if (!is_code_or_null(object, shaken.init) || !is_code_or_null(object, shaken.deinit)) {
    return failed("its init or deinit is outside of the plugin");
  }
  return shaken;
}

Result<DeclaredHandler> find_handler(std::span<const DeclaredHandler> handlers,
                                     const std::string& plugin, const std::string& handler) {
  std::string names;
  for (const DeclaredHandler& declared : handlers) {
    const std::string& name = declared.description.name;
    if (name == handler) return declared;
    names += (names.empty() ? "'" : ", '") + name + "'";
  }
  return Error(
      ErrorCode::kInvalidArgument, "unknown_handler",
      "plugin '" + plugin + "' has no handler '" + printable(handler, 64) + "'; it has " + names);
}

}  // namespace backplane::host
