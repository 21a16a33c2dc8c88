#include "host/plugin/preflight_code.hpp"

#include <array>
#include <cstddef>
#include <utility>

namespace backplane::host {
namespace {

struct Entry {
  std::string_view word;
  std::string_view advice;
};

constexpr std::string_view kRebuild =
    "Build the plugin with backplane_add_plugin(), which sets the flags this needs.";

// In the order of PreflightCode.
constexpr std::array<Entry, 28> kEntries = {{
    {"not_regular_file", "Put the shared object itself into the plugin directory."},
    {"bad_size", "A plugin has between 64 bytes and 256 MiB; copy it again, or strip it."},
    {"not_elf",
     "Only shared objects for Linux can be loaded; build one with backplane_add_plugin()."},
    {"wrong_elf_class", "Build the plugin for 64 bits."},
    {"wrong_endian", "Build the plugin for little-endian x86-64."},
    {"wrong_machine", "Build the plugin for x86-64, the machine of this host."},
    {"not_shared_object", "Link the plugin with -shared; backplane_add_plugin() does."},
    {"bad_phdr", "The file is damaged; build or copy it again."},
    {"truncated", "The file was cut short; copy it again, to another name first, then rename it."},
    {"is_executable", "This is a program; link the plugin with -shared instead."},
    {"exec_stack", "Link with -Wl,-z,noexecstack, and mark assembly sources .note.GNU-stack."},
    {"write_exec_segment",
     "No segment may be both writable and executable; look for odd linker flags."},
    {"no_backplane_note", "Declare the plugin with BACKPLANE_PLUGIN(...), which adds the note."},
    {"abi_major_mismatch", "Rebuild the plugin with the plugin_sdk of this host."},
    {"host_too_old", "Update the host, or rebuild the plugin with the plugin_sdk of this host."},
    {"bad_dynamic", "The file is damaged; build or copy it again."},
    {"static_tls", "Do not build with -ftls-model=initial-exec or link a library that was."},
    {"textrel", "Compile every source of the plugin with -fPIC."},
    {"nodelete", "Do not link with -Wl,-z,nodelete: the library could never be unloaded."},
    {"needed_not_allowed", "Link that library statically into the plugin."},
    {"rpath", "Link without -rpath; in CMake set BUILD_RPATH and INSTALL_RPATH empty."},
    {"gnu_unique_symbol", kRebuild},
    {"no_entry_symbol", "Declare the plugin with BACKPLANE_PLUGIN(...), which defines the entry."},
    {"extra_exports", kRebuild},
    {"static_constructors",
     "Move work from global objects into a handler's constructor: it runs inside dlopen, under the "
     "loader's lock."},
    {"sha256_mismatch",
     "Bring back the file that was allowed, or add the digest of this one to plugins.allow."},
    {"not_on_allow_list", "Add the plugin's name and digest to plugins.allow."},
    {"bad_signature",
     "Sign the file with the private key of plugins.signing_key and put the signature beside it."},
}};

constexpr std::array<Entry, 22> kLaterEntries = {{
    {"plugin_not_found", "Look at the name and at the plugin directory."},
    {"bad_plugin_name", "A plugin file is named [a-z0-9][a-z0-9_.-]{0,63}.so, without a folder."},
    {"plugin_permissions",
     "The file, its directory and all above that must belong to root or to the host's user and be "
     "writable by nobody else; above it the sticky bit will do, as of /tmp. A file has one hard "
     "link."},
    {"source_busy", "Somebody has the file open: rename finished files into the directory."},
    {"source_changed", "The file was being written; rename finished files into the directory."},
    {"plugin_dependency", "Link that library statically into the plugin."},
    {"plugin_symbol",
     "Link what defines the symbol, and build with -Wl,-z,defs to see it earlier."},
    {"plugin_load_failed", kRebuild},
    {"handshake_failed", "Declare the plugin with BACKPLANE_PLUGIN(...), which builds the tables."},
    {"plugin_init_failed", "The plugin's own init refused; its message says why."},
    {"unknown_handler", "Name one of the handlers that the plugin has."},
    {"backend_init_failed", "The handler's own constructor refused; its message says why."},
    {"not_reconfigurable", "Leave user_config out, or give the handler a reconfigure()."},
    {"reconfigure_failed", "The handler's own reconfigure() refused; its message says why."},
    {"state_save_failed",
     "The version that runs could not say what it holds; reload with \"state\": \"fresh\"."},
    {"state_restore_failed",
     "The new version cannot go on with what the one before saved: look at the version it is "
     "given, "
     "or reload with \"state\": \"fresh\"."},
    {"warm_up_failed", "The handler's own warm_up() refused; its message says why."},
    {"unhealthy", "The handler's own health check failed right after it was made."},
    {"plugin_env_tampering",
     "A process has one of each of these, for everyone in it: leave them alone, and do not link "
     "with -ffast-math, which sets the floating-point mode."},
    {"plugin_probe_failed",
     "Its code ends or blocks the process. The stage says which: load runs its global objects, "
     "create a handler's constructor."},
    {"will_pin",
     "Something holds it: a thread_local that its init touched, a symbol that another library "
     "uses. Each reload would cost the memory of one copy."},
    {"leaves_threads",
     "End and join every thread where its owner is destroyed, in deinit at the latest."},
}};

}  // namespace

std::string_view word_of(PreflightCode code) {
  return kEntries[static_cast<std::size_t>(code)].word;
}

Error refusal(PreflightCode code, std::string message) {
  const bool forbidden = code >= PreflightCode::kNotOnAllowList;
  return {forbidden ? ErrorCode::kForbidden : ErrorCode::kInvalidArgument,
          std::string(word_of(code)), std::move(message)};
}

std::string_view advice_for(std::string_view reason) {
  for (const Entry& entry : kEntries) {
    if (entry.word == reason) return entry.advice;
  }
  for (const Entry& entry : kLaterEntries) {
    if (entry.word == reason) return entry.advice;
  }
  return {};
}

}  // namespace backplane::host
