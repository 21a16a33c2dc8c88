#pragma once

#include <memory>
#include <utility>

#include "host/control/task_thread.hpp"
#include "host/plugin/plugin_library.hpp"

namespace backplane::host {

// Takes plugins whose last user is gone to the loader thread, the only one that may unload. Owned
// by Host; outlives every library.
class LoaderReaper final : public LibraryReaper {
 public:
  explicit LoaderReaper(TaskThread& loader) : loader_(loader) {}

  void reap(std::unique_ptr<LoadedLibrary> library) override {
    // Shared because a task must be copyable; it has one owner all the same.
    loader_.post(
        [dying = std::shared_ptr<LoadedLibrary>(std::move(library))]() mutable { dying.reset(); });
  }

 private:
  TaskThread& loader_;
};

}  // namespace backplane::host
