#include "host/plugin/cancel_extension.hpp"

#include "host/plugin/call_handle.hpp"

namespace backplane::host {
namespace {

bp_status on_cancel(bp_call* handle, bp_cancelled_fn cancelled, void* user) noexcept {
  const HeldCall use = held(handle);
  if (!use.open() || cancelled == nullptr || use.call.listens) return use.contract();
  use.call.listens = true;
  use.call.slot.exchange().abandonment().listen(cancelled, user);
  return BP_OK;
}

constexpr bp_cancel kCancel{
    .struct_size = sizeof(bp_cancel), .reserved0 = 0, .on_cancel = on_cancel};

}  // namespace

const bp_cancel& cancel_extension() {
  return kCancel;
}

}  // namespace backplane::host
