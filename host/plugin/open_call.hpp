#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include <backplane/abi.h>

#include "host/base/mutex.hpp"
#include "host/plugin/call_children.hpp"
#include "host/plugin/call_slot.hpp"
#include "host/plugin/log_scope.hpp"
#include "host/plugin/thread_tag.hpp"

namespace backplane::host {

struct OpenCall;

// What plugins of one library did against the contract; read by whoever reports. Any thread.
struct ContractCounts {
  std::atomic<std::uint64_t> violations{0};          // services misused, calls left open
  std::atomic<std::uint64_t> double_completions{0};  // completions of what was complete
  std::atomic<std::uint64_t> late_completions{0};    // of what nobody waited for any more
};

// Who has given a call to a plugin, and hears of its completion.
class CallOwner {
 public:
  virtual ~CallOwner() = default;
  CallOwner(const CallOwner&) = delete;
  CallOwner& operator=(const CallOwner&) = delete;

  // [any] First one wins; later ones are counted.
  virtual void complete(OpenCall& call, std::uint32_t epoch, bp_status status,
                        std::string_view message) = 0;
  // [any] The last step of a completion: nothing of the plugin runs for the call any more.
  virtual void let_go(OpenCall& call) = 0;
  // [any] The contract was broken otherwise.
  void count_violation() { counts_.violations.fetch_add(1, std::memory_order_relaxed); }

  // [any] What the plugin is loaded by; null where it is not by anything.
  const std::shared_ptr<const void>& code() const { return code_; }

  // [any] Something that will run code of the plugin, or touch a call, is out; release() is the
  // last thing that it does with this.
  void hold() {
    const MutexLock lock(mutex_);
    ++holds_;
  }
  void release() {
    // Told under the lock: this may go as soon as the last one has released it.
    const MutexLock lock(mutex_);
    if (--holds_ == 0) released_.notify_all();
  }
  // [replica] Whether anything has not been released yet.
  bool is_held() {
    const MutexLock lock(mutex_);
    return holds_ > 0;
  }
  // [replica] Blocks until everything has been released.
  void wait_released() {
    const MutexLock lock(mutex_);
    while (holds_ > 0) released_.wait(mutex_);
  }
  // [any] Whose calls they are.
  const LogPlace& place() const { return place_; }

 protected:
  // `counts` and `place` outlive it.
  CallOwner(ContractCounts& counts, const LogPlace& place, std::shared_ptr<const void> code)
      : counts_(counts), place_(place), code_(std::move(code)) {}

  ContractCounts& counts() { return counts_; }

 private:
  ContractCounts& counts_;
  const LogPlace& place_;
  const std::shared_ptr<const void> code_;
  Mutex mutex_;
  CondVar released_;
  std::size_t holds_ BP_GUARDED_BY(mutex_) = 0;
};

// One call as a plugin holds it. Aligned, so that the low bits of its address are free to tell one
// use of the slot from the next: a plugin that completes a call long after it was answered must
// not answer somebody else's.
struct alignas(64) OpenCall {
  static constexpr std::uint32_t kEpochs = 64;
  static constexpr std::uint32_t kClosed = kEpochs;
  static constexpr std::size_t kMaxMessage = 4096;  // bytes

  explicit OpenCall(CallOwner& from) : owner(from) {}

  void open(std::uint32_t epoch) {
    status = BP_OK;
    message.clear();
    listens = false;
    left_to_callback = false;
    open_epoch.store(epoch, std::memory_order_relaxed);
  }
  // [any] False, and nothing changes: it is not open in that epoch. Of several threads that close
  // it one succeeds.
  bool close(std::uint32_t epoch, bp_status with, std::string_view words) {
    if (!open_epoch.compare_exchange_strong(epoch, kClosed, std::memory_order_relaxed)) {
      return false;
    }
    status = with;
    if (!words.empty()) message.assign(words.substr(0, kMaxMessage));
    return true;
  }
  // [any] Lets go of it, or leaves that to the callback that this is called from: the plugin's code
  // must stay until it has returned.
  void let_go() {
    if (in_callback()) {
      left_to_callback = true;
      return;
    }
    owner.let_go(*this);
  }
  // [any] Whether the calling thread runs the call's callback.
  bool in_callback() const {
    return callback_thread.load(std::memory_order_relaxed) == std::this_thread::get_id();
  }
  bool is_open(std::uint32_t epoch) const {
    return open_epoch.load(std::memory_order_relaxed) == epoch;
  }

  CallOwner& owner;
  CallSlot slot;
  DebugTurn turn;  // in the services of the slot
  CallChildren children;
  // The epoch in which the call is open, or kClosed. What its completion has written is shown by
  // the owner's let_go(); a read of this only catches plugins that break the contract.
  std::atomic<std::uint32_t> open_epoch{kClosed};
  bp_status status = BP_OK;  // of the completion
  bool listens = false;      // the plugin is to be told when nobody waits any more
  // Completed by that callback, which lets go of the call when it has returned. Its thread alone.
  bool left_to_callback = false;
  std::atomic<std::thread::id> callback_thread{};  // while it runs
  bp_cancelled_fn cancelled = nullptr;
  void* cancelled_user = nullptr;
  std::string message;  // of the completion, cut to a bound
};

}  // namespace backplane::host
