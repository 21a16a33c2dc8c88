#include "host/plugin/cancel_extension.hpp"

#include <thread>

#include "host/plugin/call_handle.hpp"
#include "host/plugin/callback_fence.hpp"

namespace backplane::host {
namespace {

void run_cancelled(void* user) noexcept {
  OpenCall& call = *static_cast<OpenCall*>(user);
  call.callback_thread.store(std::this_thread::get_id(), std::memory_order_relaxed);
  run_callback("a callback of on_cancel", [&] { call.cancelled(call.cancelled_user); });
  call.callback_thread.store({}, std::memory_order_relaxed);
  if (call.left_to_callback) call.owner.let_go(call);
}

bp_status on_cancel(bp_call* handle, bp_cancelled_fn cancelled, void* user) noexcept {
  const HeldCall use = held(handle);
  if (!use.open() || cancelled == nullptr || use.call.listens) return use.contract();
  use.call.listens = true;
  use.call.cancelled = cancelled;
  use.call.cancelled_user = user;
  use.call.slot.exchange().abandonment().listen(run_cancelled, &use.call);
  return BP_OK;
}

constexpr bp_cancel kCancel{
    .struct_size = sizeof(bp_cancel), .reserved0 = 0, .on_cancel = on_cancel};

}  // namespace

const bp_cancel& cancel_extension() {
  return kCancel;
}

}  // namespace backplane::host
