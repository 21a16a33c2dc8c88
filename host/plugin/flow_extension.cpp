#include "host/plugin/flow_extension.hpp"

#include "host/plugin/call_handle.hpp"

namespace backplane::host {
namespace {

bp_status try_write(bp_call* handle, const void* data, std::uint64_t length) noexcept {
  const HeldCall use = held(handle);
  if (!use.open()) return use.contract();
  const auto inside = use.enter("try_write");
  const bp_status answer = use.call.slot.try_write(data, length);
  return answer == BP_CONTRACT ? use.contract() : answer;
}

bp_status on_writable(bp_call* handle, bp_writable_fn writable, void* user) noexcept {
  const HeldCall use = held(handle);
  if (!use.open() || writable == nullptr || use.call.slot.stream() == nullptr) {
    return use.contract();
  }
  const bool listens = use.call.slot.stream()->room_again().listen(writable, user);
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
