#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "host/base/result.hpp"
#include "host/config/app_document.hpp"
#include "host/control/plugin_store.hpp"
#include "host/control/task_thread.hpp"
#include "host/plugin/probe_runner.hpp"

namespace backplane::host {

// What opening a plugin came to.
struct OpenedPlugin {
  std::shared_ptr<PluginLibrary>
      plugin_library{};                 // null: the version that was chosen is loaded already
  FileIdentity source{};                // what it was read from; see StagedFile::source()
  std::vector<std::string> warnings{};  // of the probe
};

// Takes a plugin from a file into the process: it is staged and judged, tried in a child process,
// and only then loaded. What blocks happens on the loader thread or in the child, and comes back to
// control. Owned by Controller; its thread only.
class PluginOpener {
 public:
  // Called on control once.
  using Done = std::function<void(Result<OpenedPlugin>)>;
  // Called on control as each stage begins: "staging", "probing", "loading".
  using Watch = std::function<void(std::string_view stage)>;

  // `probe`: null when plugins are loaded without having been tried.
  PluginOpener(TaskThread& control, TaskThread& loader, PluginStore& store, ProbeRunner* probe)
      : control_(control), loader_(loader), store_(store), probe_(probe) {}

  // [control] `handlers`: what will be made of it, to be tried. Errors as those of
  // PluginStore::find, ProbeRunner::probe and PluginStore::load.
  void open(PluginChoice choice, std::vector<ProbeHandler> handlers, Watch watch, Done done);

 private:
  struct Opening {
    PluginChoice choice;
    std::vector<ProbeHandler> handlers;
    Watch watch;
    Done done;
    FileIdentity source;
    std::vector<std::string> warnings;
  };
  using OpeningPtr = std::shared_ptr<Opening>;

  using CandidatePtr = std::shared_ptr<PluginCandidate>;  // because a task must be copyable

  void on_found(const OpeningPtr& opening, PluginFind found);
  void on_probed(const OpeningPtr& opening, const CandidatePtr& candidate,
                 const Result<ProbeReport>& report);
  void load(const OpeningPtr& opening, const CandidatePtr& candidate);

  TaskThread& control_;
  TaskThread& loader_;
  PluginStore& store_;
  ProbeRunner* const probe_;
};

// What a probe is to make for a backend of `spec`. Pure.
ProbeHandler probe_handler(const BackendSpec& spec);

}  // namespace backplane::host
