#include <string>

#include <backplane/plugin.hpp>

namespace {

// With a destructor, so the loader keeps the library as long as a thread that touched it lives.
thread_local std::string scratch;

// Touches it where it may: on the thread of the replica, which ends before the library goes.
struct ThreadLocalInCreate {
  ThreadLocalInCreate() { scratch = "longer than what a string holds by itself"; }
  backplane::Response operator()(const backplane::Request&) { return scratch; }
};

}  // namespace

BACKPLANE_PLUGIN("thread_local_in_create", "1.0.0",
                 backplane::handler<ThreadLocalInCreate>("thread_local_in_create"));
