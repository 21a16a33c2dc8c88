#include "host/plugin/invoke_extension.hpp"

#include "host/plugin/abi_bridge.hpp"
#include "host/plugin/call_handle.hpp"
#include "host/plugin/handler_calls.hpp"

namespace backplane::host {
namespace {

// NOLINTNEXTLINE(readability-function-size): the ABI has six parameters here.
bp_status invoke(bp_host_ctx* context, bp_call* parent, bp_str target, const bp_request* request,
                 bp_invoked_fn done, void* user) noexcept {
  const HeldCall use = held(parent);
  if (!use.open() || done == nullptr || !BP_HAS(request, bp_request, deadline_ns)) {
    return use.contract();
  }
  HandlerCalls* const calls = AbiBridge::of(context).calls();
  if (calls == nullptr) return BP_UNSUPPORTED;
  ChildCall& child = calls->take();
  child.begin(use.call, view_of(target), *request, {done, user});
  if (use.call.children.add(use.call.slot.exchange(), child)) {
    calls->router().handle(child);
  } else {
    // Nobody has it but us.
    child.cancel();
    child.drop();
  }
  return BP_OK;
}

constexpr bp_invoke kInvoke{.struct_size = sizeof(bp_invoke), .reserved0 = 0, .invoke = invoke};

}  // namespace

const bp_invoke& invoke_extension() {
  return kInvoke;
}

}  // namespace backplane::host
