#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "host/cli/command_syntax.hpp"

namespace backplane::host {

// What may stand where somebody is typing. A plain value.
struct Completions {
  std::vector<std::string> words{};
  bool files = false;  // the names of files, which the shell knows
};

// The names of what the host has: "endpoints", "backends" or "plugins".
using NamesOf = std::function<std::vector<std::string>(const std::string&)>;

// The words of a command line of bash as far as it is typed, behind the program's name; the last is
// the one being typed, which may be empty. Pure.
std::vector<std::string> typed_words(std::string_view line);

// What may stand for the last of `words`: a command, an option, or what the operand's name in the
// help says. Pure, but for what `names_of` does.
Completions complete(std::span<const CommandSyntax> commands, std::span<const std::string> words,
                     const NamesOf& names_of);

// Those of `words` that say which host is meant, as they were typed. Pure.
std::vector<std::string> host_words(std::span<const std::string> words);

}  // namespace backplane::host
