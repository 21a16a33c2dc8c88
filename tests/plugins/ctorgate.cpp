#include <atomic>
#include <cstdint>

#include <backplane/json.hpp>
#include <backplane/plugin.hpp>

namespace {

std::atomic<std::int64_t> entered = 0;

// init {"replicas": K}: no constructor returns before K of them were entered, so replicas that are
// made one after another never start.
struct CtorGate {
  explicit CtorGate(backplane::Config init) {
    const std::int64_t wanted =
        backplane::JsonDocument::parse(init.json()).root().at("replicas").as_integer();
    ++entered;
    entered.notify_all();
    for (std::int64_t now = entered; now < wanted; now = entered) entered.wait(now);
  }

  backplane::Response operator()(const backplane::Request&) { return "open"; }
};

}  // namespace

BACKPLANE_PLUGIN("ctorgate", "1.0.0", backplane::handler<CtorGate>("ctorgate"));
