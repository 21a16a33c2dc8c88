#include "tests/support/built_plugin.hpp"

#include <system_error>

#include <doctest/doctest.h>

namespace backplane::host {

std::filesystem::path built_plugin(const std::string& name) {
  for (const char* const folder : {BACKPLANE_PLUGINS, BACKPLANE_TEST_PLUGINS, BACKPLANE_CORPUS}) {
    std::filesystem::path path = std::filesystem::path(folder) / (name + ".so");
    std::error_code ignored;
    if (std::filesystem::exists(path, ignored)) return path;
  }
  FAIL("no plugin '" << name << "' was built");
  return {};
}

}  // namespace backplane::host
