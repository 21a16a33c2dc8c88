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

void run_writable(const AbandonSignal::Listener& listener) noexcept {
  // It may complete the call, which is then another one's, or ask for the next time.
  CallOwner& owner = *static_cast<CallOwner*>(listener.subject);
  owner.hold();
  run_callback("a callback of on_writable", [&] { listener.callback(listener.user); });
  owner.release();
}

bp_status on_writable(bp_call* handle, bp_writable_fn writable, void* user) noexcept {
  const HeldCall use = held(handle);
  if (!use.open() || writable == nullptr || use.call.slot.stream() == nullptr) {
    return use.contract();
  }
  // Held: the callback, which may run here and now, may complete the call.
  const std::shared_ptr<AnswerStream> stream = use.call.slot.stream();
  const bool listens = stream->room_again().listen(
      {.call = run_writable, .subject = &use.call.owner, .callback = writable, .user = user});
  return listens ? BP_OK : use.contract();
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
