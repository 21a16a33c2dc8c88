#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "host/base/result.hpp"
#include "host/base/status.hpp"
#include "host/plugin/answer_collector.hpp"
#include "host/plugin/dynamic_library.hpp"
#include "host/plugin/handler_factory.hpp"
#include "host/plugin/handshake.hpp"
#include "host/plugin/probe_request.hpp"
#include "host/plugin/probe_stage.hpp"
#include "host/plugin/task_pool.hpp"
#include "host/plugin/trial_words.hpp"

namespace backplane::host {

// Loads and unloads a plugin over and over as reloads do: the next version comes before the last
// one goes. For a process that does nothing else and ends before this is destroyed. The thread
// that made it, which loads.
class ReloadTrial {
 public:
  using At = std::function<void(std::uint32_t number, ProbeStage stage)>;
  using Mark = std::function<void(const ReloadMark& mark)>;

  // `at` is told each stage before it begins, `mark` from time to time how large the process is:
  // first when settled_after() reloads are done, last at the end.
  ReloadTrial(const ProbeRequest& request, At at, Mark mark);

  // [loader] The first error, as ProbeRun::run() gives them; kInvalidArgument "leaves_threads" or
  // "will_pin" when a version did not go.
  Status run();

 private:
  struct Loaded {
    DynamicLibrary object;
    Handshake shaken;
    std::shared_ptr<const int> code = std::make_shared<const int>();  // that it is loaded
    std::unique_ptr<TaskPool> tasks = std::make_unique<TaskPool>();
  };

  Status reload(std::uint32_t number);
  Status load(const std::string& path);
  // Makes each handler, asks it, and destroys it; on a thread of its own, as a replica.
  Status use();
  Status use(const ProbeHandler& handler);
  Status close(std::optional<Loaded>& loaded);
  void enter(ProbeStage stage) const { at_(number_, stage); }

  const ProbeRequest& request_;
  const At at_;
  const Mark mark_;
  std::unique_ptr<AnswerCollector> collector_;
  std::size_t threads_ = 0;
  std::uint32_t number_ = 0;
  bool asks_ = true;
  // Not of the functions that make them: after a failure, what the plugin does when they go must
  // not come before the report of it.
  std::optional<Loaded> last_;
  std::optional<Loaded> next_;
  std::unique_ptr<HandlerInstance> instance_;
};

// [any] Pure. After how many of `reloads` everything that is made but once has been made.
std::uint32_t settled_after(std::uint32_t reloads);

}  // namespace backplane::host
