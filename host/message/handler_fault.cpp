#include "host/message/handler_fault.hpp"

#include <algorithm>

namespace backplane::host {

HandlerFault handler_fault_of(unsigned status, std::string_view code) {
  if (status < 500 || code == kBackendRetired) return HandlerFault::kNone;
  const auto* const found =
      std::find(kHandlerFaultNames.begin() + 1, kHandlerFaultNames.end(), code);
  if (found == kHandlerFaultNames.end()) return HandlerFault::kOther;
  return static_cast<HandlerFault>(found - kHandlerFaultNames.begin());
}

}  // namespace backplane::host
