#include "host/plugin/flow_extension.hpp"

#include <memory>

#include "host/plugin/call_handle.hpp"
#include "host/plugin/callback_fence.hpp"

namespace backplane::host {
namespace {

bp_status try_write(bp_call* handle, const void* data, std::uint64_t length) noexcept {
  const HeldCall use = held(handle);
  if (!use.open()) return use.contract();
  const auto inside = use.enter("try_write");
  const bp_status answer = use.call.slot.try_write(data, length);
  return answer == BP_CONTRACT ? use.contract() : answer;
}

void run_writable(void* user) noexcept {
  const OpenCall& call = *static_cast<const OpenCall*>(user);
  // It may complete the call, which is then another one's, or ask for the next time.
  CallOwner& owner = call.owner;
  const bp_writable_fn writable = call.writable;
  void* const of_plugin = call.writable_user;
  owner.hold();
  run_callback("a callback of on_writable", [&] { writable(of_plugin); });
  owner.release();
}

bp_status on_writable(bp_call* handle, bp_writable_fn writable, void* user) noexcept {
  const HeldCall use = held(handle);
  if (!use.open() || writable == nullptr || use.call.slot.stream() == nullptr) {
    return use.contract();
  }
  // Held: the callback, which may run here and now, may complete the call.
  const std::shared_ptr<AnswerStream> stream = use.call.slot.stream();
  AbandonSignal& room_again = stream->room_again();
  if (room_again.heard()) return use.contract();
  use.call.writable = writable;
  use.call.writable_user = user;
  return room_again.listen(run_writable, &use.call) ? BP_OK : use.contract();
}

constexpr bp_flow kFlow{.struct_size = sizeof(bp_flow),
                        .reserved0 = 0,
                        .try_write = try_write,
                        .on_writable = on_writable};

}  // namespace

const bp_flow& flow_extension() {
  return kFlow;
}

}  // namespace backplane::host
