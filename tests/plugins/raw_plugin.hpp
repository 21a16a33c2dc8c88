#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include <backplane/abi.h>

// For plugins that break the contract, which the SDK would not let them do: its tables by hand.

struct bp_replica {  // NOLINT(readability-identifier-naming): the name that abi.h left to plugins
  const bp_host* host;
};

namespace backplane {

inline bp_status create_raw(const bp_handler*, const bp_host* host, const bp_replica_info*,
                            bp_replica** out, bp_error*) {
  *out = std::make_unique<bp_replica>(bp_replica{host}).release();
  return BP_OK;
}

inline void destroy_raw(bp_replica* replica) {
  const std::unique_ptr<bp_replica> owned(replica);
}

// Answers every call with nothing.
inline bp_status execute_raw(bp_replica* replica, bp_call* const* calls, std::uint32_t n) {
  for (std::uint32_t i = 0; i < n; ++i) replica->host->call_complete(calls[i], BP_OK, {});
  return BP_OK;
}

inline bp_str raw_text(std::string_view text) {
  return {text.data(), text.size()};
}

using RawExecute = bp_status (*)(bp_replica*, bp_call* const*, std::uint32_t);

constexpr bp_handler raw_handler(const char* name, RawExecute execute, std::uint32_t max_batch,
                                 std::uint32_t flags = 0) {
  bp_handler handler{};
  handler.struct_size = sizeof(bp_handler);
  handler.flags = flags | (max_batch > 1 ? BP_HF_BATCH : 0u);
  handler.max_batch = max_batch;
  handler.name = name;
  handler.version = "1.0.0";
  handler.create = &create_raw;
  handler.destroy = &destroy_raw;
  handler.execute = execute;
  return handler;
}

constexpr bp_plugin raw_plugin(const char* name, const bp_handler* const* handlers,
                               std::uint32_t count,
                               bp_status (*init)(const bp_host*, bp_error*) = nullptr) {
  bp_plugin plugin{};
  plugin.struct_size = sizeof(bp_plugin);
  plugin.magic = BP_MAGIC;
  plugin.abi_major = BP_ABI_MAJOR;
  plugin.abi_minor = BP_ABI_MINOR;
  plugin.name = name;
  plugin.version = "1.0.0";
  plugin.handler_count = count;
  plugin.handlers = handlers;
  plugin.init = init;
  return plugin;
}

}  // namespace backplane

#define BP_RAW_NOTE(plugin_name)                                  \
  BP_NOTE_ATTRIBUTES static constexpr bp_note_record raw_note = { \
      sizeof(BP_NOTE_OWNER),                                      \
      sizeof(bp_note),                                            \
      BP_NOTE_TYPE,                                               \
      BP_NOTE_OWNER,                                              \
      {BP_MAGIC, BP_ABI_MAJOR, BP_ABI_MINOR, 0, plugin_name, "1.0.0"}}

#define BP_RAW_ENTRY(descriptor)                                                           \
  extern "C" BP_EXPORT const bp_plugin* backplane_plugin_v1(std::uint32_t, std::uint32_t); \
  extern "C" const bp_plugin* backplane_plugin_v1(std::uint32_t, std::uint32_t) {          \
    return descriptor;                                                                     \
  }                                                                                        \
  static_assert(true, "takes the semicolon")

// A plugin of one handler, both of the same name.
#define BP_RAW_PLUGIN(plugin_name, execute, ...)                                         \
  static constexpr bp_handler kHandler =                                                 \
      backplane::raw_handler(plugin_name, execute, __VA_ARGS__);                         \
  static constexpr const bp_handler* kHandlers[] = {&kHandler};                          \
  static constexpr bp_plugin kPlugin = backplane::raw_plugin(plugin_name, kHandlers, 1); \
  BP_RAW_NOTE(plugin_name);                                                              \
  BP_RAW_ENTRY(&kPlugin)

// The same, whose handler answers nothing, and whose sin is in `init`.
#define BP_RAW_PLUGIN_WITH_INIT(plugin_name, init)                                             \
  static constexpr bp_handler kHandler =                                                       \
      backplane::raw_handler(plugin_name, &backplane::execute_raw, 1);                         \
  static constexpr const bp_handler* kHandlers[] = {&kHandler};                                \
  static constexpr bp_plugin kPlugin = backplane::raw_plugin(plugin_name, kHandlers, 1, init); \
  BP_RAW_NOTE(plugin_name);                                                                    \
  BP_RAW_ENTRY(&kPlugin)
