#pragma once

#include <functional>
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

  // Before anything is loaded: `watcher` is told on the loader thread how each unloading went.
  void watch(std::function<void(const UnloadReport&)> watcher) { watcher_ = std::move(watcher); }

  void reap(std::unique_ptr<LoadedLibrary> library) override {
    // Shared because a task must be copyable; it has one owner all the same.
    loader_.post([this, dying = std::shared_ptr<LoadedLibrary>(std::move(library))]() mutable {
      const UnloadReport report = dying->close();
      dying.reset();
      if (watcher_) watcher_(report);
    });
  }

 private:
  TaskThread& loader_;
  std::function<void(const UnloadReport&)> watcher_;
};

}  // namespace backplane::host
