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
  bool repeatable = false;  // may be given more than once
};

// What a subcommand takes and how its help reads. A plain value. Every one has --help besides.
struct CommandSyntax {
  std::string name;
  std::string summary;                  // one line
  std::vector<std::string> operands{};  // what the help calls them; all are required
  std::string optional{};               // one more, which may be left out; empty: none
  std::string repeated{};               // any number more, at least one; empty: none
  std::vector<OptionSyntax> options{};
  std::vector<std::string> examples{};  // what to type behind "backplane", and where needed why
  std::string notes;                    // the end of the help
};

// A command line that fits a CommandSyntax. A plain value.
struct ParsedCommand {
  bool help = false;  // asked for; then nothing else was checked
  std::map<std::string, std::string> options;
  std::map<std::string, std::vector<std::string>> lists;  // the values of repeatable options
  std::vector<std::string> operands;

  bool has(const std::string& option) const { return options.contains(option); }
  // Empty when it was not given.
  std::string value(const std::string& option) const {
    const auto found = options.find(option);
    return found == options.end() ? std::string() : found->second;
  }
};

// [main] `arguments`: those behind the subcommand. kInvalidArgument: the first one that does not
// fit, in one line.
Result<ParsedCommand> parse_command(const CommandSyntax& syntax,
                                    const std::vector<std::string>& arguments);

// [main] What --help prints.
std::string help_text(const CommandSyntax& syntax);

}  // namespace backplane::host
