#include "host/plugin/adopt_extension.hpp"

#include <string_view>
#include <utility>

#include "host/message/adopted_bytes.hpp"
#include "host/plugin/call_handle.hpp"

namespace backplane::host {
namespace {

// NOLINTNEXTLINE(readability-function-size): the ABI has six parameters here.
bp_status write_owned(bp_call* handle, const void* data, std::uint64_t length, std::uint32_t flags,
                      bp_release_fn release, void* user) noexcept {
  const HeldCall use = held(handle);
  AdoptedBytes bytes({static_cast<const char*>(data), length}, release, user,
                     use.call.owner.code());
  if (!use.open()) return use.contract();
  const auto inside = use.enter("write_owned");
  const bp_status answer = use.call.slot.adopt(std::move(bytes), flags);
  return answer == BP_CONTRACT ? use.contract() : answer;
}

constexpr bp_adopt kAdopt{
    .struct_size = sizeof(bp_adopt), .reserved0 = 0, .write_owned = write_owned};

}  // namespace

const bp_adopt& adopt_extension() {
  return kAdopt;
}

}  // namespace backplane::host
