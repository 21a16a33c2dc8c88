#pragma once

#include <cstdint>
#include <string>

namespace backplane::host {

// How the unloading of a plugin went. A plain value.
struct UnloadReport {
  std::string plugin;
  std::uint64_t generation = 0;
  bool pinned = false;  // still mapped: it, or a library it uses, does not let go
};

// A plugin in this process that nobody uses any more. Owned by whoever shall unload it; on the
// loader thread from then on.
class LoadedLibrary {
 public:
  // [loader] As close(), when that was not called.
  virtual ~LoadedLibrary() = default;

  // [loader] Runs the plugin's deinit(), unmaps it, looks whether it is gone, and removes its
  // staged file. Blocks. A plugin that stays is logged, and what it may still call stays with it.
  virtual UnloadReport close() = 0;
};

}  // namespace backplane::host
