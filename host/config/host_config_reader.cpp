#include "host/config/host_config_reader.hpp"

#include <string>
#include <string_view>
#include <utility>

#include "host/config/admin_reader.hpp"
#include "host/config/config_file.hpp"
#include "host/config/listener_reader.hpp"
#include "host/config/names.hpp"
#include "host/config/object_reader.hpp"
#include "host/config/path_reader.hpp"
#include "host/config/sha256_reader.hpp"
#include "host/config/socket_address.hpp"

namespace backplane::host {
namespace {

constexpr IntegerRange kHour{0, std::int64_t{60} * 60 * 1000};
constexpr IntegerRange kPinned{1, 1000};
constexpr IntegerRange kInitTimeout{1, std::int64_t{60} * 60 * 1000};
constexpr IntegerRange kProbeTimeout{100, std::int64_t{10} * 60 * 1000};
constexpr IntegerRange kSettle{10, std::int64_t{60} * 1000};
constexpr IntegerRange kReplicas{1, 4096};
constexpr IntegerRange kResponseBytes{1024, std::int64_t{4} * 1024 * 1024 * 1024};

Error refuse(std::string message, std::string pointer) {
  return Error(ErrorCode::kInvalidArgument, std::move(message)).with_pointer(std::move(pointer));
}

void read_data(ObjectReader& root, const std::filesystem::path& folder, HostConfig& config,
               std::vector<Error>& errors) {
  const auto value = root.take("data");
  if (!value) return;
  ObjectReader reader(*value, errors);
  read_listener(reader, folder, config.data, errors);
  reader.finish();
}

// A name may stand several times: each with one more good digest.
void read_allow(ObjectReader& plugins, HostConfig& config, std::vector<Error>& errors) {
  const auto list = plugins.take("allow");
  if (!list) return;
  if (!list->is_array()) {
    return plugins.refuse(*list, "an array of objects with 'name' and 'sha256'");
  }
  for (const JsonValue& element : list->children()) {
    ObjectReader reader(element, errors);
    const auto name = reader.require("name");
    if (name) {
      Status fits = check_plugin_name(name->string().value_or(""));
      if (!fits.ok()) errors.push_back(std::move(fits).error().with_pointer(name->pointer()));
    }
    auto digest = read_sha256(reader);
    reader.finish();
    if (name && digest) {
      config.allowed_plugins[std::string(name->string().value_or(""))].push_back(
          *std::move(digest));
    }
  }
}

void read_plugins(ObjectReader& root, const std::filesystem::path& folder, HostConfig& config,
                  std::vector<Error>& errors) {
  config.plugin_directory = (folder / config.plugin_directory).lexically_normal();
  const auto value = root.take("plugins");
  if (!value) return;
  ObjectReader reader(*value, errors);
  if (auto path = read_path(reader, "directory", folder)) {
    config.plugin_directory = *std::move(path);
  }
  read_allow(reader, config, errors);
  config.signing_key = read_path(reader, "signing_key", folder);
  reader.read("probe", config.probe_plugins);
  reader.read("probe_timeout_ms", kProbeTimeout, config.probe_timeout);
  reader.read("watch", config.watch_plugins);
  reader.read("watch_settle_ms", kSettle, config.watch_settle);
  reader.read("max_pinned", kPinned, config.max_pinned);
  reader.read("drain_timeout_ms", kHour, config.drain_timeout);
  reader.finish();
}

void read_state(ObjectReader& root, const std::filesystem::path& folder, HostConfig& config,
                std::vector<Error>& errors) {
  config.state_directory = (folder / config.state_directory).lexically_normal();
  const auto value = root.take("state");
  if (!value) return;
  ObjectReader reader(*value, errors);
  if (auto path = read_path(reader, "directory", folder)) config.state_directory = *std::move(path);
  reader.finish();
}

void read_log(ObjectReader& root, HostConfig& config, std::vector<Error>& errors) {
  const auto value = root.take("log");
  if (!value) return;
  ObjectReader reader(*value, errors);
  if (const auto word = reader.read_word("level", {"error", "warning", "info", "debug"})) {
    config.log_level = static_cast<LogLevel>(*word);
  }
  reader.finish();
}

void read_times(ObjectReader& root, HostConfig& config, std::vector<Error>& errors) {
  if (const auto startup = root.take("startup")) {
    ObjectReader reader(*startup, errors);
    reader.read("init_timeout_ms", kInitTimeout, config.init_timeout);
    reader.finish();
  }
  if (const auto shutdown = root.take("shutdown")) {
    ObjectReader reader(*shutdown, errors);
    reader.read("drain_delay_ms", kHour, config.drain_delay);
    reader.read("grace_ms", kHour, config.grace);
    reader.finish();
  }
}

void read_limits(ObjectReader& root, HostConfig& config, std::vector<Error>& errors) {
  const auto value = root.take("limits");
  if (!value) return;
  ObjectReader reader(*value, errors);
  reader.read("max_replicas", kReplicas, config.app_limits.max_replicas);
  reader.read("max_response_bytes", kResponseBytes, config.max_response_bytes);
  reader.finish();
}

Status check_target(const ListenerConfig& listener, const std::string& name) {
  if (listener.max_target_bytes <= listener.max_head_bytes) return {};
  return refuse("found max_target_bytes " + std::to_string(listener.max_target_bytes) + " and " +
                    "max_head_bytes " + std::to_string(listener.max_head_bytes) +
                    ", wanted a target that fits in its head",
                "/" + name + "/max_target_bytes");
}

// Whoever can reach the machine can reach this admin listener: a token must be asked for, and
// neither it nor what it opens may cross the network in the clear.
Status check_reachable_admin(const HostConfig& config) {
  const std::string found =
      "found admin address '" + config.admin.address + "', which others reach, ";
  if (config.admin_auth == AdminAuth::kNone) {
    return refuse(found + "and 'auth' \"none\", wanted \"token\" or a loopback address",
                  "/admin/auth");
  }
  if (!config.admin.tls) {
    return refuse(
        found + "without TLS, wanted 'admin.tls' or a loopback address (127.0.0.1 or ::1)",
        "/admin/address");
  }
  return {};
}

}  // namespace

HostConfig read_host_config(const JsonValue& root, const std::filesystem::path& folder,
                            std::vector<Error>& errors) {
  HostConfig config;
  ObjectReader reader(root, errors);
  read_data(reader, folder, config, errors);
  read_admin(reader, folder, config, errors);
  read_plugins(reader, folder, config, errors);
  read_state(reader, folder, config, errors);
  config.app_file = read_path(reader, "app", folder);
  reader.read("tolerant", config.tolerant);
  reader.read("debug_errors", config.debug_errors);
  reader.read("name_backend", config.name_backend);
  reader.read("metrics", config.metrics);
  read_log(reader, config, errors);
  read_times(reader, config, errors);
  read_limits(reader, config, errors);
  reader.finish();
  Status whole = check_host_config(config);
  if (!whole.ok()) errors.push_back(std::move(whole).error());
  return config;
}

Result<HostConfig> load_host_config(const std::filesystem::path& path) {
  Result<ConfigFile> file = ConfigFile::open(path);
  if (!file.ok()) return std::move(file).error();
  std::vector<Error> errors;
  HostConfig config = read_host_config(file.value().root(), file.value().folder(), errors);
  Status verdict = file.value().verdict(std::move(errors));
  if (!verdict.ok()) return std::move(verdict).error();
  return config;
}

Status check_host_config(const HostConfig& config) {
  const ListenerConfig& data = config.data;
  const ListenerConfig& admin = config.admin;
  if (!is_loopback(admin.address)) {
    Status safe = check_reachable_admin(config);
    if (!safe.ok()) return safe;
  }
  if (config.admin_auth == AdminAuth::kNone && !config.admin_tokens.empty()) {
    return refuse("found tokens and 'auth' \"none\", wanted one of the two", "/admin/tokens");
  }
  if (data.port != 0 && data.port == admin.port && data.address == admin.address) {
    return refuse("found port " + std::to_string(admin.port) +
                      " for both listeners, wanted two different ones",
                  "/admin/port");
  }
  if (Status status = check_target(data, "data"); !status.ok()) return status;
  return check_target(admin, "admin");
}

}  // namespace backplane::host
