#pragma once

#include <chrono>

namespace backplane::host {

// [main] Takes from the calling process what a plugin under probe has no use for, before any code
// of it runs: more processor time than `cpu_time`, more than 1 GiB of address space (not with a
// sanitizer, whose shadow memory alone is more), cores, many descriptors, other privileges; by a
// system call filter sockets other than AF_UNIX, other programs, other processes and what would
// lead around it. What the kernel refuses is left out: this bounds accidents, and is no prison for
// whoever means harm. It ends when `parent`, which must be its parent process, does; at once when
// that is gone.
void confine_probe(int parent, std::chrono::seconds cpu_time);

}  // namespace backplane::host
