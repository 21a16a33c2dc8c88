#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <backplane/abi.h>

#include "host/plugin/metric_registry.hpp"
#include "host/plugin/open_call.hpp"
#include "host/plugin/task_pool.hpp"

namespace backplane::host {

class HandlerCalls;

// The host as one plugin sees it: the table of services, and what is counted behind it. Owned by
// the loaded library, at an address that does not change; outlives every replica of it.
class AbiBridge {
 public:
  // Null `metrics`: the plugin's series are seen by nobody.
  explicit AbiBridge(std::string plugin, std::shared_ptr<MetricRegistry> metrics = nullptr);
  AbiBridge(const AbiBridge&) = delete;
  AbiBridge& operator=(const AbiBridge&) = delete;

  // [any] The plugin's name in the host: the area of its log lines.
  const std::string& plugin() const { return plugin_; }
  // [any]
  const bp_host& services() const { return services_; }
  ContractCounts& counts() { return counts_; }
  // [any] The plugin's, whatever its generation.
  MetricRegistry& metrics() const { return *metrics_; }
  std::shared_ptr<const MetricRegistry> shared_metrics() const { return metrics_; }

  // [loader] Once, after init(): from here on the plugin may hand tasks over to `pool`, which lives
  // as long as it may. `code`: what keeps it loaded.
  void allow_tasks(TaskPool& pool, std::weak_ptr<const void> code);
  // [any] Of bp_tasks.
  bp_status submit(bp_task_fn run, void* user);
  // [loader] Before its first replica: where the plugin's calls go.
  void let_call(HandlerCalls* calls) { calls_ = calls; }
  // [any] Null: nowhere.
  HandlerCalls* calls() const { return calls_; }

  // [any] The bridge whose services have this first argument.
  static AbiBridge& of(bp_host_ctx* context);

 private:
  std::string plugin_;
  const std::shared_ptr<MetricRegistry> metrics_;
  ContractCounts counts_;
  std::weak_ptr<const void> code_;  // written before tasks_
  std::atomic<TaskPool*> tasks_{nullptr};
  HandlerCalls* calls_ = nullptr;
  bp_host services_;
};

// Empty for a view that points nowhere.
inline std::string_view view_of(bp_str text) {
  return text.ptr == nullptr ? std::string_view() : std::string_view(text.ptr, text.len);
}
inline bp_str to_bp_str(std::string_view text) {
  return {text.data(), text.size()};
}
// The words that a plugin left in `error`, as UTF-8; `otherwise` when it left none. A plugin need
// not have ended them.
std::string message_of(const bp_error& error, std::string_view otherwise);

}  // namespace backplane::host
