#include <string>

#include "tests/plugins/raw_plugin.hpp"

namespace {

// With a destructor, so the loader keeps the library as long as a thread that touched it lives.
thread_local std::string scratch;

// Touches it on the thread that loads, which stays.
bp_status init(const bp_host*, bp_error*) {
  scratch = "longer than what a string holds by itself";
  return BP_OK;
}

}  // namespace

BP_RAW_PLUGIN_WITH_INIT("thread_local_in_init", &init);
