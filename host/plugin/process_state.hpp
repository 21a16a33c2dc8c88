#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <sys/resource.h>
#include <utility>
#include <vector>

namespace backplane::host {

// What a process has only one of, and a plugin must leave alone. A plain value.
struct ProcessState {
  static constexpr int kSignals = 64;
  using File = std::pair<std::uint64_t, std::uint64_t>;  // device and inode

  std::string locale;
  File working_directory;
  unsigned umask = 0;
  std::array<std::pair<rlim_t, rlim_t>, RLIM_NLIMITS> limits{};
  std::array<std::uintptr_t, kSignals + 1> signal_handlers{};  // by number
  std::array<File, 3> standard_streams{};                      // {0, 0}: closed
  std::uintptr_t terminate_handler = 0;
  std::uintptr_t new_handler = 0;

  // [any] As it is now. The umask is changed for an instant: no other thread may make files.
  static ProcessState now();
};

// What each thread has one of, and new ones take over from the one that starts them.
struct ThreadState {
  std::uint64_t signal_mask = 0;
  std::uintptr_t locale = 0;
  // Rounding, traps, and whether tiny numbers count as 0.
  std::uint32_t float_mode = 0;
  std::uint16_t x87_mode = 0;

  // [any] Of the calling thread.
  static ThreadState now();
};

// [any] What differs, for people: "the locale", "the handler of signal 15".
std::vector<std::string> changes(const ProcessState& before, const ProcessState& after);
std::vector<std::string> changes(const ThreadState& before, const ThreadState& after);

}  // namespace backplane::host
