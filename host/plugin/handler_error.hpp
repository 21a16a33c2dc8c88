#pragma once

#include <string>
#include <string_view>

#include <backplane/abi.h>

#include "host/base/error.hpp"

namespace backplane::host {

// Whose failure it is, for the words of the answer. A plain value.
struct HandlerIdentity {
  std::string name;
  bool batch = false;         // declared batch-capable
  bool debug_errors = false;  // show a handler's internal errors to clients
};

// [any] The error that answers a call which a handler ended with `status`, not OK, and `message`.
Error handler_error(const HandlerIdentity& handler, bp_status status, std::string_view message);

}  // namespace backplane::host
