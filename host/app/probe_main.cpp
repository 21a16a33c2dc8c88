#include "host/plugin/probe_child.hpp"

// backplane-probe, the program that `backplane` tries plugins in (ProbeRunner). One of its own,
// because most of what a probe costs is the start of its program, and this one links a quarter of
// what the host does.
int main() {
  backplane::host::run_probe_child();
}
