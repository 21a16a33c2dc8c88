#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace backplane::host {

// Something that whoever watches the control plane wants to look at anew. A plain value.
struct ControlEvent {
  enum class Kind : std::uint8_t {
    kRevision,   // the desired state has changed
    kOperation,  // operation `number` has begun, come further or ended
    kBackend,    // what serves as backend `tag` has changed
  };

  Kind kind = Kind::kRevision;
  std::uint64_t number = 0;
  std::string tag{};
};

// [control] Called at the end of each such change.
using ControlWatcher = std::function<void(const ControlEvent&)>;

}  // namespace backplane::host
