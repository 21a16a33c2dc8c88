#pragma once

#include <filesystem>
#include <vector>

#include "host/base/result.hpp"
#include "host/base/status.hpp"
#include "host/config/host_config.hpp"
#include "host/json/json_value.hpp"

namespace backplane::host {

// [any] Reads a host configuration; every key may be absent. Relative paths in it start at
// `folder`. Adds every error, with its pointer, those of check_host_config among them.
HostConfig read_host_config(const JsonValue& root, const std::filesystem::path& folder,
                            std::vector<Error>& errors);

// [any] The same from a file, which it blocks on. The error is the first one, with its place.
Result<HostConfig> load_host_config(const std::filesystem::path& path);

// [any] What no single key can be wrong in; asked again when the command line has had its say.
// kInvalidArgument: the admin listener could be reached from other machines, both listeners want
// the same port, a request target may be longer than its head. Pure.
Status check_host_config(const HostConfig& config);

}  // namespace backplane::host
