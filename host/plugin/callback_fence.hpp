#pragma once

#include <exception>
#include <string>
#include <string_view>

#include "host/base/log.hpp"
#include "host/json/utf8.hpp"

namespace backplane::host {

// [any] Runs `callback`, which calls a function of a plugin that cannot refuse: what it throws, as
// one that was built without the SDK may, is logged and goes no further. `what` names it.
template <typename Callback>
void run_callback(std::string_view what, const Callback& callback) noexcept {
  try {
    callback();
  } catch (const std::exception& error) {
    log_error("plugin", std::string(what) + " threw: " + to_utf8(error.what()));
  } catch (...) {
    log_error("plugin", std::string(what) + " threw something that is not a std::exception");
  }
}

}  // namespace backplane::host
