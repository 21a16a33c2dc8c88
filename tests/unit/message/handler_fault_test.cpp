#include "host/message/handler_fault.hpp"

#include <doctest/doctest.h>

namespace backplane::host {

TEST_SUITE("message") {
  TEST_CASE("handler_fault_of: the code names the fault; an unknown one is other") {
    for (std::size_t i = 1; i < kHandlerFaultNames.size(); ++i) {
      CHECK(handler_fault_of(500, kHandlerFaultNames[i]) == static_cast<HandlerFault>(i));
    }
    CHECK(handler_fault_of(500, "something_else") == HandlerFault::kOther);
    CHECK(handler_fault_of(500, "none") == HandlerFault::kOther);
    CHECK(kHandlerFaultNames[static_cast<std::size_t>(HandlerFault::kOther)] == "other");
    CHECK(handler_fault_of(502, "response_too_large") == HandlerFault::kResponseTooLarge);
  }

  TEST_CASE("handler_fault_of: what is the caller's fault is no handler's") {
    CHECK(handler_fault_of(404, "not_found") == HandlerFault::kNone);
    CHECK(handler_fault_of(429, "resource_exhausted") == HandlerFault::kNone);
    CHECK(handler_fault_of(503, kBackendRetired) == HandlerFault::kNone);
  }
}

}  // namespace backplane::host
