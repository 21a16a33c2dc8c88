#pragma once

#include <cstdint>
#include <string>

namespace backplane::host {

class StartGate;
class StateGather;

// What control asks of one replica between two calls of its handler. A plain value.
struct ReplicaOrder {
  enum class Kind : std::uint8_t {
    kReconfigure,  // take `user_config_json` and report to `gate`
    kRestore,      // undo the kReconfigure of the same `update`, if it was taken
    kSave,         // put what the handler hands over into `gather`
    kLeave,        // end
  };

  Kind kind = Kind::kLeave;
  std::uint64_t update = 0;        // which change of the backend's configuration this belongs to
  std::string user_config_json{};  // kReconfigure
  StartGate* gate = nullptr;       // kReconfigure; outlives the order
  StateGather* gather = nullptr;   // kSave; outlives the order
};

}  // namespace backplane::host
