#include "host/plugin/probe_stage.hpp"

#include <array>
#include <cstddef>

namespace backplane::host {
namespace {

// In the order of ProbeStage.
constexpr std::array<std::string_view, 9> kWords = {
    "load", "handshake", "init", "create", "health", "requests", "destroy", "deinit", "unload"};

}  // namespace

std::string_view word_of(ProbeStage stage) {
  return kWords[static_cast<std::size_t>(stage)];
}

std::optional<ProbeStage> probe_stage_of(std::string_view word) {
  for (std::size_t i = 0; i < kWords.size(); ++i) {
    if (kWords[i] == word) return static_cast<ProbeStage>(i);
  }
  return std::nullopt;
}

}  // namespace backplane::host
