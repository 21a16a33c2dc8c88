#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>

#include <backplane/json.hpp>
#include <backplane/plugin.hpp>

namespace {

// init {"ms": 50}: each request takes that long.
class Slow {
 public:
  explicit Slow(backplane::Config init)
      : duration_(backplane::JsonDocument::parse(init.json()).root().at("ms").as_integer()) {}

  backplane::Response operator()(const backplane::Request&) {
    std::mutex mutex;
    std::condition_variable never;
    std::unique_lock lock(mutex);
    never.wait_for(lock, duration_, [] { return false; });
    return "slow";
  }

 private:
  std::chrono::milliseconds duration_;
};

}  // namespace

BACKPLANE_PLUGIN("slow", "1.0.0", backplane::handler<Slow>("slow"));
