#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <backplane/abi.h>

#include "host/base/result.hpp"
#include "host/plugin/abi_bridge.hpp"
#include "host/plugin/async_calls.hpp"
#include "host/plugin/call_table.hpp"
#include "host/plugin/handler_error.hpp"
#include "host/plugin/handler_factory.hpp"
#include "host/plugin/log_scope.hpp"

namespace backplane::host {

class PluginLibrary;

// One handler of a loaded plugin, as replicas need it. Borrows the plugin's table and the bridge:
// `keep_loaded` keeps both there. A plain value.
struct HandlerSource {
  const bp_handler* handler = nullptr;
  AbiBridge* bridge = nullptr;
  std::shared_ptr<PluginLibrary> keep_loaded;
  HandlerIdentity identity;
  std::uint64_t max_response_bytes = std::uint64_t{64} << 20U;
};

// A replica's handler whose code is a plugin in this process: the fence that catches what plugins
// throw, and the book-keeping of their calls. Owned by its Replica, used on its thread.
class LoadedHandler final : public HandlerInstance {
 public:
  // [replica] Runs the plugin's create(). kInvalidArgument "backend_init_failed" with its words.
  static Result<std::unique_ptr<HandlerInstance>> create(HandlerSource source,
                                                         const ReplicaInfo& info);
  // [replica] Runs the plugin's destroy().
  ~LoadedHandler() override;
  LoadedHandler(const LoadedHandler&) = delete;
  LoadedHandler& operator=(const LoadedHandler&) = delete;

  void execute(std::span<Exchange* const> exchanges) override;
  void start(std::span<Exchange* const> exchanges, AnswerSink& sink) override;
  // kInvalidArgument "not_reconfigurable", or "reconfigure_failed" with the plugin's words.
  Status reconfigure(std::string_view user_config_json) override;
  // kUnavailable "unhealthy" with the plugin's words.
  Status health() override;
  bool is_waited_for() override { return calls_.is_held() || async_calls_.is_held(); }
  bool saves_state() override;
  // kInvalidArgument "state_save_failed" with the plugin's words.
  Result<std::optional<HandlerState>> save_state() override;
  // kInvalidArgument "state_restore_failed" with the plugin's words.
  Status restore_state(const HandlerState& saved) override;
  // kInvalidArgument "warm_up_failed" with the plugin's words.
  Status warm_up() override;

 private:
  LoadedHandler(HandlerSource source, const ReplicaInfo& info);

  // Null when the plugin has none of that name.
  template <typename Table>
  const Table* extension(const char* id);

  // [any] Of a call that was completed with another status than OK.
  Error error_of(OpenCall& call) const;
  // [any] Makes the answer of a call that was completed.
  void answer(OpenCall& call) const;

  const HandlerSource source_;  // first: keeps the code of replica_ loaded
  LogPlace place_;              // constant once it is made
  CallTable calls_;
  AsyncCalls async_calls_;
  bp_replica* replica_ = nullptr;  // the plugin's; may be null for one without state
  bool created_ = false;
};

}  // namespace backplane::host
