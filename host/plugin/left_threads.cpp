#include "host/plugin/left_threads.hpp"

#include <chrono>
#include <poll.h>
#include <sys/stat.h>

#include "host/base/clock.hpp"

namespace backplane::host {
namespace {

// A thread that was joined, or that has been told to end, is gone by then.
constexpr std::chrono::milliseconds kThreadsEnd{500};

}  // namespace

std::size_t count_threads() {
  // The kernel counts them as folders in a folder: that needs no descriptor.
  struct stat status {};
  return stat("/proc/self/task", &status) == 0 ? status.st_nlink : 0;
}

bool threads_are_left(std::size_t before) {
  const TimePoint deadline = Clock::now() + kThreadsEnd;
  while (count_threads() > before) {
    if (Clock::now() >= deadline) return true;
    constexpr int kAMillisecond = 1;
    poll(nullptr, 0, kAMillisecond);
  }
  return false;
}

}  // namespace backplane::host
