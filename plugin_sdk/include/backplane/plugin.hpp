#pragma once

// All that a plugin needs. One source file of the plugin ends with BACKPLANE_PLUGIN, outside of any
// namespace:
//
//   backplane::Response hello(const backplane::Request& request) {
//     return "hello " + request.arg("name", "serve!");
//   }
//   BACKPLANE_PLUGIN("hello", "1.0.0", backplane::function<hello>("hello"))

#include <backplane/abi.h>
#include <backplane/answer_each.hpp>
#include <backplane/config.hpp>
#include <backplane/context.hpp>
#include <backplane/detail/descriptor.hpp>
#include <backplane/error.hpp>
#include <backplane/handler.hpp>
#include <backplane/invoke.hpp>
#include <backplane/method.hpp>
#include <backplane/metrics.hpp>
#include <backplane/owned_call.hpp>
#include <backplane/request.hpp>
#include <backplane/response.hpp>
#include <backplane/stream.hpp>

// Constant tables, the ELF note that the host reads before it loads anything, and the entry.
#define BACKPLANE_PLUGIN(plugin_name, plugin_version, ...)                                      \
  static constexpr auto backplane_handlers =                                                    \
      ::backplane::make_handlers(plugin_version, __VA_ARGS__);                                  \
  static constexpr auto backplane_handler_pointers = ::backplane::point_to(backplane_handlers); \
  static constexpr bp_plugin backplane_descriptor =                                             \
      ::backplane::make_plugin(plugin_name, plugin_version, backplane_handler_pointers);        \
  BP_NOTE_ATTRIBUTES static constexpr bp_note_record backplane_note =                           \
      ::backplane::make_note(plugin_name, plugin_version);                                      \
  extern "C" BP_EXPORT const bp_plugin* backplane_plugin_v1(std::uint32_t host_major,           \
                                                            std::uint32_t) noexcept {           \
    return host_major == BP_ABI_MAJOR ? &backplane_descriptor : nullptr;                        \
  }                                                                                             \
  static_assert(true, "takes the semicolon after BACKPLANE_PLUGIN(...)")
