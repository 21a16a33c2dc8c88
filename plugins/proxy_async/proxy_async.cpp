#include <charconv>
#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

#include <backplane/plugin.hpp>

using Clock = std::chrono::steady_clock;

// Answers after a while, as what asks another service would, and holds no replica meanwhile: one
// replica has as many of its calls out as max_concurrent_queries allows.
class ProxyAsync {
 public:
  void operator()(backplane::OwnedCall call) {
    const std::string text = call.request().arg("delay_ms", "100");
    unsigned delay = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), delay);
    if (read.ec != std::errc() || read.ptr != text.data() + text.size() || delay > 60'000) {
      throw backplane::Error::invalid("delay_ms: found '" + text + "', wanted 0 to 60000");
    }
    const std::lock_guard lock(mutex_);
    waiting_.emplace(Clock::now() + std::chrono::milliseconds(delay), std::move(call));
    changed_.notify_one();
  }

 private:
  void run(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (!stop.stop_requested()) {
      const auto first = waiting_.begin();
      const bool is_idle = first == waiting_.end();
      if (is_idle || first->first > Clock::now()) {
        const auto until = is_idle ? Clock::now() + std::chrono::hours(1) : first->first;
        changed_.wait_until(lock, stop, until, [&] { return waiting_.begin() != first; });
        continue;
      }
      auto due = waiting_.extract(first);
      lock.unlock();
      due.mapped().reply("the other has answered");
      lock.lock();
    }
  }

  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::multimap<Clock::time_point, backplane::OwnedCall> waiting_;
  // Last, for it uses what is above: stopped and joined first, when no call is out any more.
  std::jthread thread_{[this](const std::stop_token& stop) { run(stop); }};
};

BACKPLANE_PLUGIN("proxy_async", "1.0.0", backplane::handler<ProxyAsync>("proxy_async"));
