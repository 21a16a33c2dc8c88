#pragma once

#include <cstdint>
#include <string>

#include "host/base/result.hpp"
#include "host/plugin/elf_image.hpp"

namespace backplane::host {

// What the plugin's ELF note says, read from the file: no code of the plugin has run. A plain
// value; name and version are visible ASCII.
struct PluginNote {
  std::uint32_t abi_major = 0;
  std::uint32_t abi_minor = 0;
  std::uint32_t min_host_minor = 0;
  std::string name;
  std::string version;
};

// [any] Refuses with no_backplane_note.
Result<PluginNote> read_plugin_note(const ElfImage& image);

}  // namespace backplane::host
