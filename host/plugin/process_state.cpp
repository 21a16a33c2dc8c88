#include "host/plugin/process_state.hpp"

#include <bit>
#include <cfenv>
#include <clocale>
#include <csignal>
#include <cstring>
#include <exception>
#include <locale>
#include <new>
#include <string_view>
#include <sys/stat.h>

namespace backplane::host {
namespace {

constexpr std::uint32_t kSseFlags = 0x3f;  // what has happened, not what shall

ProcessState::File file_of(int result, const struct stat& status) {
  return result == 0 ? ProcessState::File(status.st_dev, status.st_ino) : ProcessState::File();
}

std::uintptr_t handler_of(int signal) {
  struct sigaction action {};
  if (sigaction(signal, nullptr, &action) != 0) return 0;
  return std::bit_cast<std::uintptr_t>(action.sa_handler);
}

// Adds `words` to `list` where the two are not the same.
template <typename T>
void compare(const T& before, const T& after, std::string_view words,
             std::vector<std::string>& list) {
  if (before != after) list.emplace_back(words);
}

}  // namespace

ProcessState ProcessState::now() {
  ProcessState state;
  // NOLINTNEXTLINE(concurrency-mt-unsafe): only asks
  state.locale = std::string(setlocale(LC_ALL, nullptr)) + " " + std::locale().name();
  struct stat status {};
  state.working_directory = file_of(stat(".", &status), status);
  state.umask = ::umask(0);
  ::umask(static_cast<mode_t>(state.umask));
  for (int resource = 0; resource < RLIM_NLIMITS; ++resource) {
    rlimit limit{};
    getrlimit(static_cast<__rlimit_resource>(resource), &limit);
    state.limits[static_cast<std::size_t>(resource)] = {limit.rlim_cur, limit.rlim_max};
  }
  for (int signal = 1; signal <= kSignals; ++signal) {
    state.signal_handlers[static_cast<std::size_t>(signal)] = handler_of(signal);
  }
  for (int fd = 0; fd < 3; ++fd) {
    state.standard_streams[static_cast<std::size_t>(fd)] = file_of(fstat(fd, &status), status);
  }
  state.terminate_handler = std::bit_cast<std::uintptr_t>(std::get_terminate());
  state.new_handler = std::bit_cast<std::uintptr_t>(std::get_new_handler());
  return state;
}

ThreadState ThreadState::now() {
  ThreadState state;
  sigset_t mask{};
  pthread_sigmask(SIG_SETMASK, nullptr, &mask);
  static_assert(sizeof mask >= sizeof state.signal_mask);
  std::memcpy(&state.signal_mask, &mask, sizeof state.signal_mask);
  state.locale = std::bit_cast<std::uintptr_t>(uselocale(nullptr));
  std::fenv_t floats{};
  fegetenv(&floats);
  state.float_mode = floats.__mxcsr & ~kSseFlags;
  state.x87_mode = floats.__control_word;
  return state;
}

std::vector<std::string> changes(const ProcessState& before, const ProcessState& after) {
  std::vector<std::string> list;
  compare(before.locale, after.locale, "the locale", list);
  compare(before.working_directory, after.working_directory, "the working directory", list);
  compare(before.umask, after.umask, "the umask", list);
  compare(before.limits, after.limits, "the resource limits", list);
  for (std::size_t i = 0; i < before.signal_handlers.size(); ++i) {
    compare(before.signal_handlers[i], after.signal_handlers[i],
            "the handler of signal " + std::to_string(i), list);
  }
  compare(before.standard_streams, after.standard_streams, "the standard streams", list);
  compare(before.terminate_handler, after.terminate_handler, "the terminate handler", list);
  compare(before.new_handler, after.new_handler, "the new handler", list);
  return list;
}

std::vector<std::string> changes(const ThreadState& before, const ThreadState& after) {
  std::vector<std::string> list;
  compare(before.signal_mask, after.signal_mask, "the signal mask", list);
  compare(before.locale, after.locale, "the locale of its thread", list);
  compare(before.float_mode, after.float_mode, "the floating-point mode", list);
  if (before.float_mode == after.float_mode) {
    compare(before.x87_mode, after.x87_mode, "the floating-point mode", list);
  }
  return list;
}

}  // namespace backplane::host
