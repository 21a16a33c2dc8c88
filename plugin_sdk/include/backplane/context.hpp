#pragma once

#include <cstdint>
#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <backplane/abi.h>
#include <backplane/detail/task_count.hpp>
#include <backplane/detail/text.hpp>
#include <backplane/error.hpp>
#include <backplane/metrics.hpp>

namespace backplane {

// What a handler is told about its place. Owned by the SDK beside the handler and alive as long as
// it: a handler may keep a reference. Constant, so any thread may read it.
class Context {
 public:
  Context(const bp_host& host, const bp_replica_info& info)
      : host_(&host),
        handler_(to_view(info.handler)),
        backend_(to_view(info.backend)),
        replica_index_(info.replica_index),
        generation_(info.generation) {}

  // A constructor of the handler that throws may have left tasks.
  ~Context() { wait_for_tasks(); }
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  std::string_view handler() const noexcept { return handler_; }
  std::string_view backend() const noexcept { return backend_; }
  // 0, 1, … within the backend.
  std::uint32_t replica_index() const noexcept { return replica_index_; }
  // Grows with every reload of the plugin.
  std::uint64_t generation() const noexcept { return generation_; }

  // [any] Whether this is the thread on which the host runs the handler, for assertions; true where
  // an older host cannot tell.
  bool on_replica_thread() const {
    const auto* check = static_cast<const bp_thread_check*>(
        host_->get_extension(host_->ctx, BP_THREAD_CHECK_EXTENSION));
    if (!BP_HAS(check, bp_thread_check, is_replica_thread)) return true;
    return check->is_replica_thread(host_->ctx, replica_) != 0;
  }
  // For the SDK: what the host will call the replica, once its constructor is through.
  void set_replica(const bp_replica* replica) noexcept { replica_ = replica; }

  // [any] Makes series on the host's page for Prometheus.
  Metrics metrics() const noexcept { return Metrics(*host_); }

  // [any] Runs `task`, a function object without arguments, on a thread of the host, soon; returns
  // at once. The handler is not destroyed before it has ended, so it may use it, with locks where
  // the handler does too; so none may wait for the handler's end. What it throws is logged. Threads
  // are few: a task that waits holds one. Throws Error when it is not taken, and drops it:
  // exhausted (too many wait), unavailable (the host is stopping), unsupported (an older host has
  // no tasks).
  template <typename Task>
  void run(Task task) const {
    const auto* tasks =
        static_cast<const bp_tasks*>(host_->get_extension(host_->ctx, BP_TASKS_EXTENSION));
    if (!BP_HAS(tasks, bp_tasks, submit)) throw Error::unsupported("this host runs no tasks");
    auto running = std::make_unique<Running<Task>>(*this, std::move(task));
    const bp_status taken = tasks->submit(host_->ctx, &Running<Task>::run, running.get());
    if (taken != BP_OK) {
      throw Error(taken, taken == BP_EXHAUSTED ? "too many tasks wait" : "no task is taken now");
    }
    // It is its own from here on, and may be gone already.
    static_cast<void>(running.release());
  }
  // For the SDK: blocks until none is left.
  void wait_for_tasks() const { tasks_.wait(); }

  // [any] Writes to the host's log, which names the plugin beside the message, and from the
  // replica's thread also backend, replica, generation and request.
  void log_debug(std::string_view message) const { log(BP_LOG_DEBUG, message); }
  void log_info(std::string_view message) const { log(BP_LOG_INFO, message); }
  void log_warning(std::string_view message) const { log(BP_LOG_WARNING, message); }
  void log_error(std::string_view message) const { log(BP_LOG_ERROR, message); }

  // The host's services, for what the SDK does not wrap.
  const bp_host& host() const noexcept { return *host_; }

 private:
  template <typename Task>
  struct Running {
    Running(const Context& from, Task&& work)
        : one(from.tasks_), context(from), task(std::move(work)) {}

    static void run(void* user) noexcept {
      const std::unique_ptr<Running> self(static_cast<Running*>(user));
      try {
        self->task();
      } catch (const std::exception& error) {
        self->context.log_error("a task threw: " + std::string(error.what()));
      } catch (...) {
        self->context.log_error("a task threw something that is not a std::exception");
      }
    }

    TaskCount::One one;  // ends behind what the task holds
    const Context& context;
    Task task;
  };

  void log(std::uint32_t level, std::string_view message) const {
    host_->log(host_->ctx, level, to_bp_str(message));
  }

  const bp_host* host_;
  const bp_replica* replica_ = nullptr;
  std::string handler_;
  std::string backend_;
  std::uint32_t replica_index_;
  std::uint64_t generation_;
  mutable TaskCount tasks_;
};

}  // namespace backplane
