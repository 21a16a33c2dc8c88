#include "host/control/plugin_opener.hpp"

#include <algorithm>

namespace backplane::host {
namespace {

void enter(const PluginOpener::Watch& watch, std::string_view stage) {
  if (watch) watch(stage);
}

}  // namespace

void PluginOpener::open(PluginChoice choice, std::vector<ProbeHandler> handlers, Watch watch,
                        Done done) {
  auto opening = std::make_shared<Opening>(
      Opening{std::move(choice), std::move(handlers), std::move(watch), std::move(done), {}, {}});
  enter(opening->watch, "staging");
  loader_.post([this, opening] {
    // Shared because a task must be copyable.
    auto found = std::make_shared<Result<PluginFind>>(store_.find(opening->choice));
    control_.post([this, opening, found] {
      if (!found->ok()) return opening->done(found->error());
      on_found(opening, std::move(*found).value());
    });
  });
}

void PluginOpener::on_found(const OpeningPtr& opening, PluginFind found) {
  if (!found.candidate)
    return opening->done(OpenedPlugin{.plugin_library = std::move(found.plugin_library)});
  const auto candidate = std::make_shared<PluginCandidate>(std::move(*found.candidate));
  opening->source = candidate->staged.source();
  if (probe_ == nullptr) return load(opening, candidate);
  enter(opening->watch, "probing");
  probe_->probe({.plugin = candidate->plugin,
                 .path = candidate->staged.path(),
                 .handlers = std::move(opening->handlers)},
                [this, opening, candidate](const Result<ProbeReport>& report) {
                  control_.post([this, opening, candidate, report] {
                    on_probed(opening, candidate, report);
                  });
                });
}

void PluginOpener::on_probed(const OpeningPtr& opening, const CandidatePtr& candidate,
                             const Result<ProbeReport>& report) {
  if (!report.ok()) return opening->done(report.error());
  opening->warnings = report.value().warnings;
  const auto& warnings = opening->warnings;
  if (std::find(warnings.begin(), warnings.end(), kLeavesThreads) != warnings.end()) {
    candidate->unmapping = Unmapping::kForbidden;
  }
  load(opening, candidate);
}

void PluginOpener::load(const OpeningPtr& opening, const CandidatePtr& candidate) {
  enter(opening->watch, "loading");
  loader_.post([this, opening, candidate] {
    const bool wants_current = opening->choice.from == PluginChoice::From::kLoaded;
    auto library = wants_current ? store_.load_first(std::move(*candidate))
                                 : store_.load(std::move(*candidate));
    control_.post([opening, library = std::move(library)] {
      if (!library.ok()) return opening->done(library.error());
      opening->done(OpenedPlugin{.plugin_library = library.value(),
                                 .source = opening->source,
                                 .warnings = opening->warnings});
    });
  });
}

ProbeHandler probe_handler(const BackendSpec& spec) {
  return {.handler = spec.handler,
          .backend = spec.tag,
          .init_json = spec.init_json,
          .user_config_json = spec.config.user_config_json};
}

}  // namespace backplane::host
