#include <chrono>
#include <cstdint>
#include <ctime>
#include <span>
#include <string>
#include <sys/prctl.h>
#include <vector>

#include <backplane/plugin.hpp>

namespace {

using std::chrono::nanoseconds;

constexpr nanoseconds kOfEachCall = std::chrono::milliseconds(1);
constexpr nanoseconds kOfEachItem = std::chrono::microseconds(50);

nanoseconds now() {
  timespec time{};
  ::clock_gettime(CLOCK_MONOTONIC, &time);
  return std::chrono::seconds(time.tv_sec) + nanoseconds(time.tv_nsec);
}

// Stands for a model on an accelerator: a call takes 1 ms and 50 us for each of its items, and the
// processor is free meanwhile. Answers with the size of its batch and with the nanoseconds that the
// wait really took, so that what the kernel adds can be told from what the host adds.
class BatchCost {
 public:
  // The kernel may be 50 us late by default, which is the cost of one item. Each replica is
  // constructed on its own thread, and the slack belongs to the thread.
  BatchCost() { ::prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL); }

  std::vector<backplane::Response> batch(std::span<const backplane::Request> requests) {
    const nanoseconds begin = now();
    const nanoseconds end =
        begin + kOfEachCall + kOfEachItem * static_cast<std::int64_t>(requests.size());
    const auto whole = std::chrono::floor<std::chrono::seconds>(end);
    const timespec until{whole.count(), (end - whole).count()};
    // Repeated after a signal: the deadline is absolute.
    while (::clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr) != 0) {
    }
    const std::string answer =
        std::to_string(requests.size()) + " " + std::to_string((now() - begin).count());
    return std::vector<backplane::Response>(requests.size(), answer);
  }
};

}  // namespace

BACKPLANE_PLUGIN("batch_cost", "1.0.0",
                 backplane::handler<BatchCost>("batch_cost", {.max_batch = 32}));
