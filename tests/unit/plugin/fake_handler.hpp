#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <backplane/abi.h>

#include "host/plugin/abi_bridge.hpp"
#include "host/plugin/loaded_handler.hpp"

// What stands behind a replica of a FakeHandler.
struct bp_replica {  // NOLINT(readability-identifier-naming): the name that abi.h left to plugins
  const bp_host* host;
  const void* script;
};

namespace backplane::host {

// A plugin's handler without a plugin: C functions that do what the test says. Owned by a test,
// outlives the instances it gives.
class FakeHandler {
 public:
  // What its functions do. Unset ones succeed; `execute` must be set before execute().
  struct Script {
    std::function<bp_status(const bp_host&, bp_call* const*, std::uint32_t)> execute;
    std::function<bp_status(const bp_replica_info&, bp_error&)> create;
    std::function<bp_status(std::string_view, bp_error&)> reconfigure;
    std::function<bp_status(bp_error&)> health;
    // Its extensions; unset ones it does not have.
    std::function<bp_status(bp_write_fn, void*, bp_error&)> save;
    std::function<bp_status(std::string_view, std::uint32_t, bp_error&)> restore;
    std::function<bp_status(bp_error&)> warm_up;
    int destroyed = 0;
  };

  explicit FakeHandler(std::uint32_t flags = 0) : bridge_("fake") {
    handler_.struct_size = sizeof(bp_handler);
    handler_.flags = flags;
    handler_.max_batch = (flags & BP_HF_BATCH) != 0 ? 64 : 1;
    handler_.name = "fake";
    handler_.version = "1.0.0";
    handler_.user = &self_;
    handler_.create = create;
    handler_.destroy = destroy;
    handler_.execute = execute;
    handler_.reconfigure = reconfigure;
    handler_.health = health;
    handler_.get_extension = get_extension;
  }

  Script script;
  bp_handler& table() { return handler_; }
  // The replica that was made last.
  bp_replica* latest() const { return latest_; }
  // Where its calls of others go.
  void let_call(HandlerCalls* calls) { bridge_.let_call(calls); }
  ContractCounts& counts() { return bridge_.counts(); }

  Result<std::unique_ptr<HandlerInstance>> instance(std::uint64_t max_response_bytes = 1000,
                                                    bool debug_errors = false) {
    return LoadedHandler::create(
        {.handler = &handler_,
         .bridge = &bridge_,
         .keep_loaded = nullptr,
         .identity = {.name = "fake",
                      .batch = (handler_.flags & BP_HF_BATCH) != 0,
                      .debug_errors = debug_errors},
         .max_response_bytes = max_response_bytes},
        {.backend = "tag", .init_json = "{\"n\":1}", .index = 2, .generation = 7});
  }

 private:
  // The C table has only pointers to constants, so it leads to a pointer that is not.
  static Script& script_of(const void* user) {
    return (*static_cast<FakeHandler* const*>(user))->script;
  }

  static bp_status create(const bp_handler* self, const bp_host* host, const bp_replica_info* info,
                          bp_replica** out, bp_error* error) {
    const auto& scripted = script_of(self->user).create;
    const bp_status status = scripted ? scripted(*info, *error) : BP_OK;
    if (status != BP_OK) return status;
    *out = std::make_unique<bp_replica>(bp_replica{host, self->user}).release();
    (*static_cast<FakeHandler* const*>(self->user))->latest_ = *out;
    return status;
  }
  static void destroy(bp_replica* replica) {
    const std::unique_ptr<bp_replica> owned(replica);
    ++script_of(replica->script).destroyed;
  }
  static bp_status execute(bp_replica* replica, bp_call* const* calls, std::uint32_t n) {
    return script_of(replica->script).execute(*replica->host, calls, n);
  }
  static bp_status reconfigure(bp_replica* replica, bp_str json, bp_error* error) {
    const auto& scripted = script_of(replica->script).reconfigure;
    return scripted ? scripted(view_of(json), *error) : BP_OK;
  }
  static bp_status health(bp_replica* replica, bp_error* error) {
    const auto& scripted = script_of(replica->script).health;
    return scripted ? scripted(*error) : BP_OK;
  }

  static const void* get_extension(bp_replica* replica, const char* id) {
    static constexpr bp_state kState{
        .struct_size = sizeof(bp_state), .version = 3, .save = save, .restore = restore};
    static constexpr bp_warmup kWarmUp{
        .struct_size = sizeof(bp_warmup), .reserved0 = 0, .warm_up = warm_up};
    const Script& script = script_of(replica->script);
    const std::string_view name = id;
    if (name == BP_STATE_EXTENSION && (script.save || script.restore)) return &kState;
    if (name == BP_WARMUP_EXTENSION && script.warm_up) return &kWarmUp;
    return nullptr;
  }
  static bp_status save(bp_replica* replica, bp_write_fn write, void* ctx, bp_error* error) {
    return script_of(replica->script).save(write, ctx, *error);
  }
  static bp_status restore(bp_replica* replica, bp_str bytes, std::uint32_t version,
                           bp_error* error) {
    return script_of(replica->script).restore(view_of(bytes), version, *error);
  }
  static bp_status warm_up(bp_replica* replica, bp_error* error) {
    return script_of(replica->script).warm_up(*error);
  }

  FakeHandler* const self_ = this;
  bp_replica* latest_ = nullptr;
  bp_handler handler_{};
  AbiBridge bridge_;
};

inline void set_message(bp_error& error, std::string_view text) {
  text.copy(error.message, sizeof error.message);
}

// Answers a call with `body`.
inline void reply(const bp_host& host, bp_call* call, std::string_view body) {
  host.call_write(call, body.data(), body.size(), 0);
  host.call_complete(call, BP_OK, {});
}

// Lets `instance` execute `exchanges`.
template <typename... Exchanges>
void run(HandlerInstance& instance, Exchanges&... exchanges) {
  const std::vector<Exchange*> all{&exchanges...};
  for (Exchange* exchange : all) exchange->response.clear();
  instance.execute(all);
}

}  // namespace backplane::host
