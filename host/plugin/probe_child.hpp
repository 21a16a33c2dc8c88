#pragma once

namespace backplane::host {

// [main] The probe child: reads a request (probe_request.hpp) from standard input, does as it says,
// confined, and writes the answer (probe_answer.hpp) to standard output. For a program that does
// nothing else: standard streams and descriptors beyond are no longer what they were, and no
// destructor runs.
[[noreturn]] void run_probe_child();

}  // namespace backplane::host
