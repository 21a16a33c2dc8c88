#pragma once

#include <map>
#include <string>
#include <vector>

#include "host/base/result.hpp"

namespace backplane::host {

// One option of a subcommand. A plain value.
struct OptionSyntax {
  std::string name;         // without the dashes
  std::string argument;     // what the help calls its value; empty: it has none
  std::string description;  // one sentence
};

// What a subcommand takes and how its help reads. A plain value. Every one has --help besides.
struct CommandSyntax {
  std::string name;
  std::string summary;                // one line
  std::vector<std::string> operands;  // what the help calls them; all are required
  std::vector<OptionSyntax> options;
  std::string notes;  // the end of the help
};

// A command line that fits a CommandSyntax. A plain value.
struct ParsedCommand {
  bool help = false;  // asked for; then nothing else was checked
  std::map<std::string, std::string> options;
  std::vector<std::string> operands;

  bool has(const std::string& option) const { return options.contains(option); }
};

// [main] `arguments`: those behind the subcommand. kInvalidArgument: the first one that does not
// fit, in one line.
Result<ParsedCommand> parse_command(const CommandSyntax& syntax,
                                    const std::vector<std::string>& arguments);

// [main] What --help prints.
std::string help_text(const CommandSyntax& syntax);

}  // namespace backplane::host
