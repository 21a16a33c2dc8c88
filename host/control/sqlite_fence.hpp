#pragma once

#include <type_traits>
#include <utility>

#include <Poco/Data/Session.h>
#include <Poco/Exception.h>

#include "host/base/result.hpp"
#include "host/base/status.hpp"

namespace backplane::host {

// [bp-state] What the last failure of `session` means to whoever asked for the work:
// kInsufficientStorage "store_full", kUnavailable "store_busy", "state_corrupt" or "store_failed".
Error sqlite_error(const Poco::Data::Session& session, const Poco::Exception& thrown);

// [bp-state] Whether a transaction is open.
bool in_transaction(const Poco::Data::Session& session);

// [bp-state] Runs `work`, which throws what Poco::Data does, and turns that into an Error: nothing
// leaves this function but a value. Memory that runs out ends the process, here as everywhere.
template <typename Work>
auto fenced(const Poco::Data::Session& session, Work&& work) {
  using Value = std::invoke_result_t<Work>;
  using Outcome = std::conditional_t<std::is_void_v<Value>, Status, Result<Value>>;
  try {
    if constexpr (std::is_void_v<Value>) {
      std::forward<Work>(work)();
      return Outcome();
    } else {
      return Outcome(std::forward<Work>(work)());
    }
  } catch (const Poco::Exception& thrown) {
    return Outcome(sqlite_error(session, thrown));
  }
}

}  // namespace backplane::host
