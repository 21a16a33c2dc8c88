#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace backplane::host {

// What one replica's handler saved for the one that takes its place: its own bytes, in its own
// form. A plain value.
struct HandlerState {
  std::uint32_t version = 0;  // of that form
  std::string bytes{};

  bool operator==(const HandlerState&) const = default;
};

// Of the replicas of a backend, by their index; nothing where a handler hands nothing over.
using HandlerStates = std::vector<std::optional<HandlerState>>;

// Of the bytes of one.
inline constexpr std::size_t kMaxStateBytes = std::size_t{64} << 20U;

}  // namespace backplane::host
