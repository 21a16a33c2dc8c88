#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace backplane::host {

// What a probe does with a plugin, in this order; create to destroy for each handler.
enum class ProbeStage : std::uint8_t {
  kLoad,       // dlopen: static constructors run
  kHandshake,  // its entry is called, its table proved
  kInit,
  kCreate,  // and reconfigure, for a backend with a user_config, and warm_up
  kHealth,
  kRequests,  // of a trial only
  kDestroy,
  kDeinit,
  kUnload,  // dlclose: static destructors run
};

// The word for `stage` in messages: "handshake".
std::string_view word_of(ProbeStage stage);
std::optional<ProbeStage> probe_stage_of(std::string_view word);

}  // namespace backplane::host
