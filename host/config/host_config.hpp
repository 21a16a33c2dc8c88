#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "host/base/log.hpp"
#include "host/config/admin_token.hpp"
#include "host/config/app_document.hpp"
#include "host/config/audit_config.hpp"
#include "host/config/listener_config.hpp"

namespace backplane::host {

// Who may use the admin listener: whoever shows the token, or anyone who can reach a loopback
// address.
enum class AdminAuth : std::uint8_t { kToken, kNone };

// What one process is told at its start and keeps for life. A plain value; read from JSON by
// host_config_reader. config/README.md says the same for users.
struct HostConfig {
  ListenerConfig data = default_data_listener();
  ListenerConfig admin = default_admin_listener();
  AdminAuth admin_auth = AdminAuth::kToken;
  // Beside the one in the state directory, which is made at the first start.
  std::vector<AdminToken> admin_tokens;
  AuditConfig audit;
  // What the admin listener may be called in Host, beside its address and the names of loopback.
  std::vector<std::string> admin_host_names;

  std::filesystem::path plugin_directory = "plugins";
  // The plugins that may be loaded, each with its good SHA-256 digests in lower-case hexadecimal;
  // empty: all that are in the directory.
  std::map<std::string, std::vector<std::string>> allowed_plugins;
  std::optional<std::filesystem::path> signing_key;  // when every plugin must be signed
  // Plugins are tried in a child process before they are loaded, each for at most `probe_timeout`.
  bool probe_plugins = true;
  // Whether a plugin is reloaded by itself when its file is renamed into the directory, and how
  // long after that (`watch_settle`); see PluginWatcher.
  bool watch_plugins = false;
  std::uint32_t max_pinned = 8;  // plugin generations that stay in memory; then none is loaded
  std::chrono::milliseconds probe_timeout{10'000};
  std::chrono::milliseconds watch_settle{200};
  std::filesystem::path state_directory = "state";
  std::optional<std::filesystem::path> app_file;  // the desired state of the first start

  bool tolerant = false;      // serve what loads instead of refusing to start
  bool debug_errors = false;  // error answers may hold the handler's own words
  bool name_backend = true;   // answers say Backplane-Backend: tag@generation
  bool metrics = true;        // requests are counted and timed
  LogLevel log_level = LogLevel::kInfo;
  // Of every draw that decides where a request goes; 0: the operating system's. In no document:
  // tests set it to see the same draws in each run.
  std::uint64_t seed = 0;

  std::chrono::milliseconds init_timeout{30'000};   // for all replicas of one backend
  std::chrono::milliseconds drain_timeout{30'000};  // of a backend that is replaced or deleted
  std::chrono::milliseconds drain_delay{0};         // from unready to the end of accepting
  std::chrono::milliseconds grace{30'000};          // from there to the end of waiting

  AppLimits app_limits;
  std::uint64_t max_response_bytes = std::uint64_t{64} * 1024 * 1024;

  static ListenerConfig default_data_listener() {
    ListenerConfig listener;
    listener.port = 8000;
    return listener;
  }

  // One thread and few connections: admin answers under any load of the data port because it
  // shares nothing with it, not because it is large.
  static ListenerConfig default_admin_listener() {
    ListenerConfig listener;
    listener.port = 8001;
    listener.io_threads = 1;
    listener.max_connections = 256;
    listener.max_body_bytes = std::uint64_t{1024} * 1024;
    return listener;
  }
};

}  // namespace backplane::host
