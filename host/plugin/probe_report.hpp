#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "host/plugin/handler_factory.hpp"

namespace backplane::host {

// Warnings of a probe. The first: once loaded, the plugin can never be unmapped. The second: it
// must not be, because threads of its run on after its deinit(); comes with the first.
inline constexpr std::string_view kWillPin = "will_pin";
inline constexpr std::string_view kLeavesThreads = "leaves_threads";

// What a probe found out about a plugin that passed it. A plain value; the plugin's code may have
// had a hand in it, so it is for showing and for precautions, not to be relied on.
struct ProbeReport {
  std::vector<HandlerDescription> handlers;
  std::vector<std::string> warnings;  // kWillPin, kLeavesThreads
  std::chrono::microseconds took{0};  // from the start of the process to its end
};

}  // namespace backplane::host
