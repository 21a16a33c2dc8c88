#include "host/plugin/probe_child.hpp"

// backplane-probe, the program that `backplane` tries plugins in (ProbeRunner). One of its own,
// because most of what a probe costs is the start of its program, and this one links a quarter of
// what the host does.
int main() {
  backplane::host::run_probe_child();
}

#ifdef __SANITIZE_ADDRESS__
// A plugin may end the process with exit(), after which LeakSanitizer would look into it: that
// takes ptrace, which a probe is not allowed.
extern "C" const char* __asan_default_options() {
  return "detect_leaks=0";
}
#endif
