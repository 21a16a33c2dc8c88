#include <functional>
#include <memory>
#include <pthread.h>

#include "tests/plugins/raw_plugin.hpp"

namespace {

using Kept = std::function<void()>;

void release(void* kept) {
  const std::unique_ptr<Kept> owned(static_cast<Kept*>(kept));
  (*owned)();
}

// Leaves a std::function with the thread that loads, to be called when that ends: its code is gone
// by then.
bp_status init(const bp_host*, bp_error*) {
  pthread_key_t key{};
  pthread_key_create(&key, release);
  pthread_setspecific(key, std::make_unique<Kept>([] {}).release());
  return BP_OK;
}

}  // namespace

BP_RAW_PLUGIN_WITH_INIT("keeps_function", &init);
