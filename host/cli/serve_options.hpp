#pragma once

#include <filesystem>
#include <optional>

#include "host/base/result.hpp"
#include "host/cli/command_syntax.hpp"
#include "host/config/host_config.hpp"

namespace backplane::host {

// What `backplane serve` was told: the file, with the command line's word over it, checked whole.
// A plain value.
struct ServeOptions {
  HostConfig config;
  std::optional<std::filesystem::path> config_file;
};

CommandSyntax serve_syntax();

// [main] Reads the file that --config names, which blocks on it, and puts the other options over
// it. Without --config the defaults stand, and their paths start at the working directory.
// Reason "bad_option": an option's value is wrong. Anything else: the configuration is.
Result<ServeOptions> serve_options(const ParsedCommand& command);

}  // namespace backplane::host
