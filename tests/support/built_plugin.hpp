#pragma once

#include <filesystem>
#include <string>

namespace backplane::host {

// The file of plugin `name` in this build: one of users' plugins, of the fixtures or of the
// preflight corpus. Fails the test when none was built.
std::filesystem::path built_plugin(const std::string& name);

}  // namespace backplane::host
