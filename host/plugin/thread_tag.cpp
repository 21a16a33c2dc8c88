#include "host/plugin/thread_tag.hpp"

#include <cstdlib>
#include <string>
#include <unistd.h>

namespace backplane::host {

void end_for_wrong_thread(std::string_view what) {
  // Not to the log, whose thread would not come to write it.
  const std::string line =
      "backplane: a plugin broke the thread tags of abi.h: " + std::string(what) +
      " on a thread that must not be there now\n";
  static_cast<void>(!::write(STDERR_FILENO, line.data(), line.size()));
  std::abort();
}

}  // namespace backplane::host
