#pragma once

#include <chrono>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <backplane/abi.h>
#include <backplane/detail/entry.hpp>
#include <backplane/error.hpp>
#include <backplane/testing/test_host.hpp>
#include <backplane/testing/test_metrics.hpp>

// The entry of the plugin under test, whose sources are linked into the test.
extern "C" const bp_plugin* backplane_plugin_v1(std::uint32_t host_major,
                                                std::uint32_t host_minor) noexcept;

namespace backplane {

// What the operator would configure for the backend of a replica under test.
struct TestBackend {
  std::string init = {};         // JSON text for the constructor; empty = none
  std::string user_config = {};  // JSON text for reconfigure(); empty = none
  std::string name = "test";
  std::uint32_t replica_index = 0;
  std::uint64_t generation = 1;
  TestOthers others = {};  // who answers what its handler asks of others
};

// What a replica hands over to the one in its place.
struct TestState {
  std::uint32_t version = 1;
  std::string bytes = {};
};

// A request that a handler has and may answer later. Owned by the test; outlives its TestReplica,
// or is waited for before.
class TestPending {
 public:
  explicit TestPending(TestRequest request) : call_(std::move(request)) {}

  // Its client leaves.
  void cancel() { call_.cancel(); }
  // It takes what has been written in pieces, so that there is room again.
  void read() { call_.read(); }
  // The answer, waited for; the host's verdict when there is none in kPatience.
  TestAnswer wait() const {
    call_.wait(kPatience);
    return call_.answer();
  }
  // The answer so far.
  TestAnswer answer() const { return call_.answer(); }

  // Far beyond what any test needs; only a test that fails waits so long.
  static constexpr std::chrono::seconds kPatience{30};

 private:
  friend class TestReplica;
  TestCall call_;
};

// One handler of a plugin, run without a host, as a host would run it: created and configured here,
// destroyed with the object. Owned by the test; one thread.
class TestReplica {
 public:
  // Throws Error with the status and message with which the plugin refused.
  explicit TestReplica(std::string_view handler_name, const TestBackend& backend = {},
                       bp_plugin_entry_fn entry = &backplane_plugin_v1)
      : handler_(find(entry(BP_ABI_MAJOR, BP_ABI_MINOR), handler_name)),
        host_(std::make_unique<TestHost>(backend.others)) {
    bp_replica_info info{};
    info.struct_size = sizeof(info);
    info.replica_index = backend.replica_index;
    info.handler = to_bp_str(handler_->name);
    info.backend = to_bp_str(backend.name);
    info.config_json = to_bp_str(backend.init);
    info.generation = backend.generation;
    bp_error error{};
    error.struct_size = sizeof(error);
    bp_replica* created = nullptr;
    check(handler_->create(handler_, &host_->services(), &info, &created, &error), error);
    replica_ = {created, handler_->destroy};
    if (!backend.user_config.empty()) reconfigure(backend.user_config);
  }

  // Throws Error as the constructor does.
  void reconfigure(std::string_view user_config) {
    if (!BP_HAS(handler_, bp_handler, reconfigure) || handler_->reconfigure == nullptr) {
      throw Error::invalid("handler '" + std::string(handler_->name) + "' takes no user_config");
    }
    bp_error error{};
    error.struct_size = sizeof(error);
    check(handler_->reconfigure(replica_.get(), to_bp_str(user_config), &error), error);
  }

  // Throws Error if the handler says that it cannot work.
  void check_health() {
    if (!BP_HAS(handler_, bp_handler, health) || handler_->health == nullptr) return;
    bp_error error{};
    error.struct_size = sizeof(error);
    check(handler_->health(replica_.get(), &error), error);
  }

  // What a handler with save_state() hands over at a reload. Throws Error as it does.
  TestState save_state() {
    const bp_state* state = extension<bp_state>(BP_STATE_EXTENSION);
    if (state == nullptr) throw Error::invalid("the handler hands no state over");
    TestState saved{.version = state->version};
    const bp_write_fn write = [](void* bytes, bp_str part) -> bp_status {
      static_cast<std::string*>(bytes)->append(to_view(part));
      return BP_OK;
    };
    bp_error error{};
    error.struct_size = sizeof(error);
    check(state->save(replica_.get(), write, &saved.bytes, &error), error);
    return saved;
  }

  // Throws Error if the handler cannot go on with `state`.
  void restore_state(const TestState& saved) {
    const bp_state* state = extension<bp_state>(BP_STATE_EXTENSION);
    if (state == nullptr) throw Error::invalid("the handler takes no state over");
    bp_error error{};
    error.struct_size = sizeof(error);
    check(state->restore(replica_.get(), to_bp_str(saved.bytes), saved.version, &error), error);
  }

  // A no-op for a handler without warm_up(). Throws Error as it does.
  void warm_up() {
    const bp_warmup* warmup = extension<bp_warmup>(BP_WARMUP_EXTENSION);
    if (warmup == nullptr) return;
    bp_error error{};
    error.struct_size = sizeof(error);
    check(warmup->warm_up(replica_.get(), &error), error);
  }

  TestAnswer send(TestRequest request = {}) {
    std::vector<TestRequest> one;
    one.push_back(std::move(request));
    return send_batch(std::move(one)).front();
  }

  // Gives the request to an async handler and does not wait.
  std::unique_ptr<TestPending> start(TestRequest request = {}) {
    auto pending = std::make_unique<TestPending>(std::move(request));
    bp_call* const call = to_opaque<bp_call>(pending->call_);
    const bp_status executed = handler_->execute(replica_.get(), &call, 1);
    if (executed != BP_OK) throw Error(executed, "the handler did not take the request");
    return pending;
  }

  // All requests in one call of the handler; the answers in the order of the requests, waited for
  // where the handler is async.
  std::vector<TestAnswer> send_batch(std::vector<TestRequest> requests) {
    if (requests.size() > handler_->max_batch) {
      throw Error::invalid("handler '" + std::string(handler_->name) + "' takes at most " +
                           std::to_string(handler_->max_batch) + " requests at once");
    }
    std::vector<std::unique_ptr<TestCall>> calls;
    std::vector<bp_call*> opaque;
    for (TestRequest& request : requests) {
      calls.push_back(std::make_unique<TestCall>(std::move(request)));
      opaque.push_back(to_opaque<bp_call>(*calls.back()));
    }
    const bp_status executed =
        handler_->execute(replica_.get(), opaque.data(), static_cast<std::uint32_t>(opaque.size()));
    const bool later = executed == BP_OK && (handler_->flags & BP_HF_ASYNC) != 0;
    std::vector<TestAnswer> answers;
    for (const auto& call : calls) {
      if (later) call->wait(TestPending::kPatience);
      answers.push_back(call->answer());
      TestAnswer& answer = answers.back();
      if (answer.completions == 0 && executed != BP_OK) {
        answer.status = executed;
        answer.http_status = http_status_of(executed);
      }
    }
    return answers;
  }

  const bp_handler& descriptor() const noexcept { return *handler_; }
  // What the handler is told that hands a task over; BP_OK: it is run, on another thread.
  void refuse_tasks(bp_status status) { host_->tasks().refuse(status); }
  std::vector<std::string> log_lines() const { return host_->log_lines(); }
  // The series of this name with exactly these labels.
  TestMetric metric(std::string_view name, const Labels& labels = {}) const {
    return host_->metrics().find(name, labels);
  }

 private:
  static const bp_handler* find(const bp_plugin* plugin, std::string_view name) {
    if (plugin == nullptr) throw Error(BP_CONTRACT, "the plugin refuses this host");
    if (plugin->magic != BP_MAGIC || plugin->abi_major != BP_ABI_MAJOR) {
      throw Error(BP_CONTRACT, "the plugin's descriptor is not one of this ABI");
    }
    for (const bp_handler* handler : std::span(plugin->handlers, plugin->handler_count)) {
      if (name == handler->name) return handler;
    }
    throw Error::not_found("plugin '" + std::string(plugin->name) + "' has no handler '" +
                           std::string(name) + "'");
  }

  template <typename Table>
  const Table* extension(const char* id) const {
    if (!BP_HAS(handler_, bp_handler, get_extension) || handler_->get_extension == nullptr) {
      return nullptr;
    }
    return static_cast<const Table*>(handler_->get_extension(replica_.get(), id));
  }

  static void check(bp_status status, const bp_error& error) {
    if (status != BP_OK) throw Error(status, error.message);
  }

  const bp_handler* handler_;
  std::unique_ptr<TestHost> host_;  // before replica_, which uses it to the end
  std::unique_ptr<bp_replica, void (*)(bp_replica*)> replica_{nullptr, nullptr};
};

}  // namespace backplane
