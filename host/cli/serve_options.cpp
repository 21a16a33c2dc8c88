#include "host/cli/serve_options.hpp"

#include <string>
#include <utility>

#include "host/config/host_config_reader.hpp"
#include "host/config/socket_address.hpp"

namespace backplane::host {
namespace {

Error bad_option(const std::string& option, const std::string& message) {
  return {ErrorCode::kInvalidArgument, "bad_option", "serve: --" + option + ": " + message};
}

Status take_address(const ParsedCommand& command, const std::string& option,
                    ListenerConfig& listener) {
  if (!command.has(option)) return {};
  const Result<SocketAddress> address = parse_socket_address(command.options.at(option));
  if (!address.ok()) return bad_option(option, address.error().message());
  listener.address = address.value().address;
  listener.port = address.value().port;
  return {};
}

// A path on the command line starts at the working directory, wherever the file stands.
Result<std::optional<std::filesystem::path>> path_of(const ParsedCommand& command,
                                                     const std::string& option) {
  if (!command.has(option)) return std::optional<std::filesystem::path>();
  const std::string& text = command.options.at(option);
  if (text.empty()) return bad_option(option, "found an empty path");
  return std::optional(std::filesystem::path(text).lexically_normal());
}

Status take_paths(const ParsedCommand& command, HostConfig& config) {
  auto plugins = path_of(command, "plugins");
  if (!plugins.ok()) return std::move(plugins).error();
  auto state = path_of(command, "state");
  if (!state.ok()) return std::move(state).error();
  auto app = path_of(command, "app");
  if (!app.ok()) return std::move(app).error();
  if (plugins.value()) config.plugin_directory = *plugins.value();
  if (state.value()) config.state_directory = *state.value();
  if (app.value()) config.app_file = *app.value();
  return {};
}

}  // namespace

CommandSyntax serve_syntax() {
  return {
      .name = "serve",
      .summary =
          "Runs the host in the foreground. Logs to stderr; when it is ready, prints one line "
          "to stdout: ready data=ADDRESS admin=ADDRESS.",
      .operands = {},
      .options = {{"config", "FILE", "Host configuration; config/README.md explains every key."},
                  {"data", "ADDRESS",
                   "Where requests are answered, as IP:PORT; port 0 is any free "
                   "one. Default 127.0.0.1:8000."},
                  {"admin", "ADDRESS",
                   "Where the host is administered, as IP:PORT: a loopback one, unless it asks for "
                   "tokens over TLS. Default 127.0.0.1:8001."},
                  {"plugins", "DIR", "Where plugins are found. Default: plugins."},
                  {"state", "DIR", "Where the host keeps its state. Default: state."},
                  {"app", "FILE", "App document: the backends and endpoints to start with."},
                  {"tolerant", "", "Start with the backends that load, whichever do not."}},
      .notes =
          "Options win over the file. SIGTERM drains and ends with 0, a second one ends at "
          "once. Ends with 64 when the command line is wrong, 78 when a configuration file "
          "is, 71 when the system refuses (a port is in use), 1 when anything else fails.",
  };
}

Result<ServeOptions> serve_options(const ParsedCommand& command) {
  ServeOptions options;
  Result<std::optional<std::filesystem::path>> file = path_of(command, "config");
  if (!file.ok()) return std::move(file).error();
  options.config_file = file.value();
  if (options.config_file) {
    Result<HostConfig> config = load_host_config(*options.config_file);
    if (!config.ok()) return std::move(config).error();
    options.config = std::move(config).value();
  }
  if (Status data = take_address(command, "data", options.config.data); !data.ok()) {
    return std::move(data).error();
  }
  if (Status admin = take_address(command, "admin", options.config.admin); !admin.ok()) {
    return std::move(admin).error();
  }
  if (Status paths = take_paths(command, options.config); !paths.ok()) {
    return std::move(paths).error();
  }
  if (command.has("tolerant")) options.config.tolerant = true;
  if (Status whole = check_host_config(options.config); !whole.ok()) {
    return std::move(whole).error().with_context("serve");
  }
  return options;
}

}  // namespace backplane::host
