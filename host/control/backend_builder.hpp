#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "host/backend/backend.hpp"
#include "host/control/plugin_opener.hpp"
#include "host/control/task_thread.hpp"

namespace backplane::host {

// What a BackendBuilder works with; all of it outlives the builder.
struct BuilderSetup {
  TaskThread& control;
  TaskThread& loader;
  PluginOpener& opener;
  std::chrono::milliseconds init_timeout;
  bool metrics = true;           // replicas count what they do
  std::uint32_t submitters = 1;  // threads that submit requests
};

// Where a backend's code is to come from. A plain value.
struct BuildSource {
  // Null: from the loaded version of its plugin; when none is loaded, from version `sha256`, or
  // from the file in the plugin directory when that is empty.
  std::shared_ptr<PluginLibrary> plugin_library{};
  std::string sha256{};
  // With `plugin_library`: the backend whose place it takes, when that hands its state over.
  std::shared_ptr<Backend> carry_from{};
};

// Builds backends aside: loads the plugin on the loader thread, starts the replicas on their own,
// and comes back to control. No admin call waits for another backend's constructor. Owned by
// Controller; its thread only.
class BackendBuilder {
 public:
  // Called on control once: a backend whose replicas are all ready, or why there is none.
  using Done = std::function<void(Result<std::shared_ptr<Backend>>)>;
  // Called on control once: ok when the backend can adopt its new configuration.
  using Prepared = std::function<void(Status)>;

  explicit BackendBuilder(const BuilderSetup& setup)
      : control_(setup.control),
        loader_(setup.loader),
        opener_(setup.opener),
        init_timeout_(setup.init_timeout),
        metrics_(setup.metrics),
        submitters_(setup.submitters) {}

  // [control] The number of what is being built, for abandon().
  std::uint64_t build(const BackendSpec& spec, BuildSource source, Done done);
  // [control] Gives up on what is being built: its `done` is called with `error` soon.
  void abandon(std::uint64_t id, const Error& error);

  // [control] Backend::prepare() with a time limit and after a look at what its handler declares.
  void prepare(const std::shared_ptr<Backend>& backend, const BackendConfig& next,
               Prepared prepared);

  // [control] From here on nothing is started: what was being loaded comes to kUnavailable
  // "shutting_down".
  void refuse_new() { refusing_ = true; }

  // [control] Backends whose threads still run, serving, draining or stuck.
  const std::map<std::uint64_t, std::shared_ptr<Backend>>& alive() const { return alive_; }

  // [control] Calls `then` once, as soon as no backend's thread runs any more.
  void when_none_alive(std::function<void()> then);

 private:
  // Lets `from` say what it holds, within the time that a start may take.
  void save_states(const std::shared_ptr<Backend>& from,
                   std::function<void(Result<HandlerStates>)> then);
  void on_opened(std::uint64_t id, const BackendSpec& spec,
                 Result<std::shared_ptr<PluginLibrary>> library, HandlerStates states, Done done);
  void on_stopped(std::uint64_t id);
  BackendEvents events_of(std::uint64_t id, Done done);
  // Gives up on what `backend` is making when it takes longer than the limit.
  TaskThread::Timer limit(const std::shared_ptr<Backend>& backend);
  void lift_limit(std::uint64_t id);

  TaskThread& control_;
  TaskThread& loader_;
  PluginOpener& opener_;
  const std::chrono::milliseconds init_timeout_;
  const bool metrics_;
  const std::uint32_t submitters_;
  std::map<std::string, std::uint64_t> generations_;  // the last number given to each tag
  std::uint64_t next_id_ = 1;
  std::map<std::uint64_t, Error> abandoned_;  // while their plugin is still being loaded
  std::map<std::uint64_t, std::shared_ptr<Backend>> alive_;
  // Of what is being made, by its number.
  std::map<std::uint64_t, TaskThread::Timer> limits_;
  std::function<void()> when_none_alive_;
  bool refusing_ = false;
};

// Whether a handler can run the way `spec` asks: max_batch_size within what it declares, inline
// only where it never blocks, and user_config only where it takes one. Pure.
Status check_handler_fits(const BackendSpec& spec, const HandlerDescription& handler);

}  // namespace backplane::host
