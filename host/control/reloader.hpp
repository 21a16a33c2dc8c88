#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "host/base/result.hpp"
#include "host/control/controller.hpp"
#include "host/control/reload_request.hpp"

namespace backplane::host {

// Puts another version in the place of a plugin's code, without one request noticing: the file is
// opened beside what runs, every backend that uses the plugin is built anew of it, and all of them
// change places in one publish. One reload of a plugin at a time; those that come meanwhile wait,
// and equal ones wait together, since the file that will be read is the same. Whatever fails leaves
// the former version serving. Owned by Host; control thread.
class Reloader {
 public:
  // Called on control once.
  using Done = std::function<void(Result<ReloadOutcome>)>;

  // Reloads of one plugin that may wait for their turn.
  static constexpr std::size_t kMaxWaiting = 8;

  explicit Reloader(Controller& controller) : controller_(controller) {}

  // [control] Answers the operation to watch it by, 0 when it is refused at once. kNotFound
  // "unknown_plugin", "plugin_not_in_use"; kConflict "nothing_to_roll_back", "reload_in_progress";
  // what PluginStore and Controller::propose answer; and kBadHandlerResponse when the version was
  // loaded and does not do. Errors name the "stage", and the "serving_generation" that goes on;
  // those of "in_progress" the operation that is, as "active_op".
  std::uint64_t reload(ReloadRequest request, Done done);

  // [control] Has the version of `plugin` that is on trial take over now, whatever it has shown;
  // `done` hears, beside whoever asked for the reload, what came of it. Answers the operation of
  // the reload, 0 when it is refused at once: kNotFound "plugin_not_in_use"; kUnavailable
  // "shutting_down"; and what Controller::promote answers.
  std::uint64_t promote(const std::string& plugin, std::optional<std::uint64_t> if_revision,
                        Done done);

  // [control] How often reloads came to what: "done", "unchanged", or the code of the failure.
  const std::map<std::string, std::uint64_t>& counts() const { return counts_; }
  // [control] Why the latest reload of `plugin` failed; null when it did not.
  const Error* last_error(const std::string& plugin) const;
  // [control] Whether a reload of `plugin` runs or waits.
  bool is_reloading(const std::string& plugin) const;
  // [control] The state of `plugin`'s file of which a version was loaded last and had its chance,
  // whatever came of it; zeros: none.
  FileIdentity last_tried(const std::string& plugin) const;

 private:
  struct Run {
    ReloadRequest request;
    std::vector<Done> done;
    std::uint64_t operation = 0;
    std::string unless{};   // the version that ran when it began, and need not be loaded again
    FileIdentity source{};  // what was loaded
    bool over = false;      // what still arrives is thrown away
  };
  using RunPtr = std::shared_ptr<Run>;

  Status admit(const std::string& plugin) const;
  void start(const RunPtr& run);
  void on_opened(const RunPtr& run, const Result<OpenedPlugin>& opened);
  void propose(const RunPtr& run, const std::shared_ptr<PluginLibrary>& library);
  // The version of `plugin` that serves; 0: none.
  std::uint64_t serving_generation(const std::string& plugin) const;
  // Answers, and makes way for the next one.
  void finish(const RunPtr& run, const Result<ReloadOutcome>& outcome);

  Controller& controller_;
  std::map<std::string, std::deque<RunPtr>> queues_;  // by plugin; the first one runs
  std::map<std::string, Error> last_errors_;
  std::map<std::string, FileIdentity> last_tried_;
  std::map<std::string, std::uint64_t> counts_;
};

// Whether a reload that failed so may succeed as it is, later: something else was under way. Pure.
bool may_pass(const Error& error);

}  // namespace backplane::host
