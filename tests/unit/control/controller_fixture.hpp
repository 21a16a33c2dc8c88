#pragma once

#include <filesystem>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <utility>

#include <doctest/doctest.h>

#include "host/control/changes.hpp"
#include "host/control/controller.hpp"
#include "host/control/loader_reaper.hpp"
#include "host/control/plugin_store.hpp"
#include "host/control/reloader.hpp"
#include "host/control/revision_log.hpp"
#include "host/control/task_thread.hpp"
#include "host/routing/routing_table.hpp"
#include "tests/support/built_plugin.hpp"
#include "tests/support/gate.hpp"
#include "tests/support/memory_state_store.hpp"
#include "tests/support/temporary_directory.hpp"

namespace backplane::host {

// A control plane without listeners: its three threads, a plugin directory, a state that is
// forgotten. Owned by the test case; its thread.
class ControllerFixture {
 public:
  ControllerFixture() {
    std::filesystem::create_directory(folder_.path() / "plugins");
    control_ = started("control");
    loader_ = started("loader");
    state_ = started("state");
    reaper_ = std::make_unique<LoaderReaper>(*loader_);
    auto log = RevisionLog::open(states_);
    REQUIRE(log.ok());
    log_ = std::make_unique<RevisionLog>(std::move(log).value());
    auto staging = StagingDirectory::create((folder_.path() / "staging").string());
    auto artifacts = ArtifactDirectory::open((folder_.path() / "artifacts").string());
    REQUIRE(staging.ok());
    REQUIRE(artifacts.ok());
    store_ = std::make_unique<PluginStore>(
        PluginStoreSetup{.directory = PluginDirectory((folder_.path() / "plugins").string()),
                         .staging = std::move(staging).value(),
                         .artifacts = std::move(artifacts).value(),
                         .reaper = *reaper_,
                         .options = {}});
    controller_ = std::make_unique<Controller>(ControllerSetup{.control = *control_,
                                                               .loader = *loader_,
                                                               .state = *state_,
                                                               .store = *store_,
                                                               .log = *log_,
                                                               .table = table_});
    reloader_ = std::make_unique<Reloader>(*controller_);
    on_control([this] { controller_->finish_start(); });
  }
  ~ControllerFixture() {
    // Shared, here and below: the waiter may be gone before set_value() has returned.
    const auto stopped = std::make_shared<std::promise<void>>();
    on_control([&] {
      controller_->begin_drain();
      controller_->close_backends(Error(ErrorCode::kUnavailable, "the test is over"));
      controller_->when_all_stopped([stopped] { stopped->set_value(); });
    });
    stopped->get_future().wait();
    state_->stop();
    on_control([this] { controller_->release_backends(); });
    loader_->stop();
    control_->stop();
  }
  ControllerFixture(const ControllerFixture&) = delete;
  ControllerFixture& operator=(const ControllerFixture&) = delete;

  Reloader& reloader() { return *reloader_; }

  // Runs `task` on the control thread, and everything that was posted to it before.
  void on_control(const std::function<void()>& task) {
    const auto ran = std::make_shared<std::promise<void>>();
    control_->post([&task, ran] {
      task();
      ran->set_value();
    });
    ran->get_future().wait();
  }
  // From when this returns until `gate` opens the loader thread does nothing else.
  void hold_loader(Gate& gate) {
    loader_->post([&gate] { gate.enter(); });
    REQUIRE(gate.wait_entered());
  }

  // Puts plugin `name` of the build into the plugin directory, as `as`.so.
  void drop(const std::string& name, const std::string& as) {
    const std::filesystem::path file = folder_.path() / "plugins" / (as + ".so");
    std::filesystem::copy_file(built_plugin(name), folder_.path() / "next");
    std::filesystem::rename(folder_.path() / "next", file);
  }
  // Proposes `change` and waits for what it comes to.
  Result<ChangeOutcome> change(Change change) {
    auto outcome = std::make_shared<std::promise<Result<ChangeOutcome>>>();
    control_->post([this, change = std::move(change), outcome] {
      controller_->propose(
          {.change = change, .action = "test"},
          [outcome](Result<ChangeOutcome> came) { outcome->set_value(std::move(came)); });
    });
    return outcome->get_future().get();
  }
  // Asks for a reload; what it comes to is known later.
  std::future<Result<ReloadOutcome>> reload(ReloadRequest request) {
    auto outcome = std::make_shared<std::promise<Result<ReloadOutcome>>>();
    on_control([this, request = std::move(request), outcome] {
      reloader_->reload(
          request, [outcome](Result<ReloadOutcome> came) { outcome->set_value(std::move(came)); });
    });
    return outcome->get_future();
  }

 private:
  static std::unique_ptr<TaskThread> started(const std::string& name) {
    auto thread = TaskThread::start(name);
    REQUIRE(thread.ok());
    return std::move(thread).value();
  }

  TemporaryDirectory folder_;
  MemoryStateStore states_;
  std::unique_ptr<TaskThread> state_;
  std::unique_ptr<TaskThread> loader_;
  std::unique_ptr<TaskThread> control_;
  RoutingTable table_;
  std::unique_ptr<RevisionLog> log_;
  std::unique_ptr<LoaderReaper> reaper_;
  std::unique_ptr<PluginStore> store_;
  std::unique_ptr<Controller> controller_;
  std::unique_ptr<Reloader> reloader_;
};

}  // namespace backplane::host
