#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "host/base/result.hpp"
#include "host/base/status.hpp"
#include "host/plugin/dynamic_library.hpp"
#include "host/plugin/handler_factory.hpp"
#include "host/plugin/open_call.hpp"
#include "host/plugin/probe_report.hpp"
#include "host/plugin/probe_request.hpp"
#include "host/plugin/probe_stage.hpp"
#include "host/plugin/process_state.hpp"

namespace backplane::host {

// Takes a plugin through its whole life, in the order and on the kinds of threads that the host
// does, and looks after each stage what became of the process. For a process that does nothing else
// and ends before this is destroyed. The thread that made it, which loads.
class ProbeRun {
 public:
  // `enter` is told each stage before it begins, and the backend that it is for, if any.
  using Enter = std::function<void(ProbeStage stage, std::string_view backend)>;
  // [replica] Asks a handler that was made and is well; for a trial.
  using Ask = std::function<Status(HandlerInstance& instance, const HandlerDescription& description,
                                   const ContractCounts& counts)>;

  // Remembers what the process is like: before any code of the plugin runs.
  ProbeRun(const ProbeRequest& request, Enter enter, Ask ask = nullptr);

  // [loader] Errors as PluginLibrary::open, HandlerFactory::create and HandlerInstance give them,
  // and kInvalidArgument "plugin_env_tampering". `took` is left to others.
  Result<ProbeReport> run();

 private:
  Status load();
  // On a thread of its own, as a replica.
  Status try_handlers();
  Status try_handler(const ProbeHandler& handler);
  Status make(const ProbeHandler& handler, const DeclaredHandler& declared);
  // What the plugin has changed so far; `before` is of the calling thread.
  Status untouched(const ThreadState& before) const;

  const ProbeRequest& request_;
  const Enter enter_;
  const Ask ask_;
  const ProcessState process_;
  const ThreadState thread_;
  const std::size_t threads_;
  // Not of the functions that make them: after a failure, what the plugin does when they go must
  // not come before the report of it.
  std::optional<DynamicLibrary> library_;
  Handshake shaken_;
  std::unique_ptr<HandlerInstance> instance_;
  // Keeps nothing loaded, but says until when tasks are taken.
  std::shared_ptr<const int> code_ = std::make_shared<const int>();
  TaskPool tasks_;
};

}  // namespace backplane::host
