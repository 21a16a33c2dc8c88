#include <iostream>
#include <string>
#include <vector>

#include "host/app/serve.hpp"
#include "host/cli/command_line.hpp"

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  const backplane::host::CommandOutcome outcome =
      backplane::host::run_command_line(arguments, std::cout, std::cerr);
  const backplane::host::ExitCode code =
      outcome.serve ? backplane::host::serve(outcome.serve->config) : outcome.exit_code;
  return static_cast<int>(code);
}
