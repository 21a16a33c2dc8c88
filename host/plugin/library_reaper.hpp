#pragma once

#include <memory>

#include "host/plugin/loaded_library.hpp"

namespace backplane::host {

// Where plugins go when their last user is gone. That user may be on any thread, and only the
// loader thread may unmap. Implemented by control; outlives every PluginLibrary.
class LibraryReaper {
 public:
  virtual ~LibraryReaper() = default;

  // [any] Takes `library` to the loader thread, which closes it there. Never blocks.
  virtual void reap(std::unique_ptr<LoadedLibrary> library) = 0;
};

}  // namespace backplane::host
