#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <backplane/abi.h>

#include "host/plugin/open_call.hpp"

namespace backplane::host {

// [any] `call` in its use number `epoch`, as a plugin gets it.
inline bp_call* to_handle(OpenCall& call, std::uint32_t epoch) {
  return reinterpret_cast<bp_call*>(reinterpret_cast<std::byte*>(&call) + epoch);
}

// A handle taken apart again. Whether it is still open is all that may be asked of one that is not.
struct HeldCall {
  OpenCall& call;
  std::uint32_t epoch;

  bool open() const { return call.is_open(epoch); }
  // While what it gives lives, the calling thread is in the service `name` of the slot.
  DebugTurn::Inside enter(std::string_view name) const {
    return {call.turn, name, call.in_callback()};
  }
  // What a service says to a plugin that used it against the contract.
  bp_status contract() const {
    call.owner.count_violation();
    return BP_CONTRACT;
  }
};

inline HeldCall held(bp_call* handle) {
  const auto epoch = reinterpret_cast<std::uintptr_t>(handle) % OpenCall::kEpochs;
  return {*reinterpret_cast<OpenCall*>(reinterpret_cast<std::byte*>(handle) - epoch),
          static_cast<std::uint32_t>(epoch)};
}

}  // namespace backplane::host
