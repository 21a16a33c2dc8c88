#include "host/cli/completion.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace backplane::host {
namespace {

constexpr std::array<std::string_view, 3> kHostOptions{"--admin", "--token-file", "--tls-ca"};

const CommandSyntax* command_called(std::span<const CommandSyntax> commands,
                                    const std::string& name) {
  const auto found = std::find_if(commands.begin(), commands.end(),
                                  [&name](const CommandSyntax& one) { return one.name == name; });
  return found == commands.end() ? nullptr : &*found;
}

// The option that `word` names, with or without a value behind "="; null when it names none.
const OptionSyntax* option_of(const CommandSyntax& command, std::string_view word) {
  if (!word.starts_with("--")) return nullptr;
  const std::string_view name = word.substr(2, word.find('=') - 2);
  const auto found = std::find_if(command.options.begin(), command.options.end(),
                                  [name](const OptionSyntax& one) { return one.name == name; });
  return found == command.options.end() ? nullptr : &*found;
}

// Whether the word behind `word` is its value.
bool wants_value(const CommandSyntax& command, std::string_view word) {
  const OptionSyntax* const option = option_of(command, word);
  return option != nullptr && !option->argument.empty() && word.find('=') == std::string_view::npos;
}

std::vector<std::string> operands_in(const CommandSyntax& command,
                                     std::span<const std::string> words) {
  std::vector<std::string> operands;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (wants_value(command, words[i])) {
      ++i;
    } else if (!words[i].starts_with('-')) {
      operands.push_back(words[i]);
    }
  }
  return operands;
}

// What the help calls the operand at `index`; empty when none is wanted there.
std::string operand_name(const CommandSyntax& command, std::size_t index) {
  if (index < command.operands.size()) return command.operands[index];
  if (!command.repeated.empty()) return command.repeated;
  return index == command.operands.size() ? command.optional : std::string();
}

Completions options_for(const CommandSyntax& command) {
  Completions found;
  for (const OptionSyntax& option : command.options) {
    found.words.push_back("--" + option.name + (option.argument.empty() ? "" : "="));
  }
  found.words.emplace_back("--help");
  return found;
}

Completions alternatives(std::string_view name) {
  Completions found;
  while (!name.empty()) {
    found.words.emplace_back(name.substr(0, name.find('|')));
    name.remove_prefix(std::min(name.size(), found.words.back().size() + 1));
  }
  return found;
}

// Pairs BACKEND=NUMBER, for backends that do not stand there yet.
Completions pairs(const std::vector<std::string>& operands, const NamesOf& names_of) {
  Completions found;
  for (const std::string& name : names_of("backends")) {
    const bool stands_there =
        std::any_of(operands.begin(), operands.end(),
                    [&name](const std::string& one) { return one.starts_with(name + "="); });
    if (!stands_there) found.words.push_back(name + "=");
  }
  return found;
}

// What an operand may be, by what the help calls it.
Completions operands_for(const std::string& name, const std::vector<std::string>& operands,
                         const NamesOf& names_of) {
  if (name.find('|') != std::string::npos) return alternatives(name);
  if (name.starts_with("FILE")) return {.files = true};
  if (name.starts_with("BACKEND=")) return pairs(operands, names_of);
  if (name == "ENDPOINT") return {.words = names_of("endpoints")};
  if (name == "BACKEND") return {.words = names_of("backends")};
  if (name == "PLUGIN") return {.words = names_of("plugins")};
  // 'delete backend NAME': the operand before says of what.
  if (name == "NAME" && !operands.empty()) return {.words = names_of(operands.back() + "s")};
  return {};
}

Completions candidates(std::span<const CommandSyntax> commands, std::span<const std::string> words,
                       const NamesOf& names_of) {
  if (words.size() < 2) {
    Completions found;
    for (const CommandSyntax& command : commands) found.words.push_back(command.name);
    found.words.emplace_back("--help");
    return found;
  }
  const CommandSyntax* const command = command_called(commands, words.front());
  if (command == nullptr) return {};
  const auto before = words.subspan(1, words.size() - 2);
  const std::string& typed = words.back();
  const bool is_value = !before.empty() && wants_value(*command, before.back());
  const OptionSyntax* const option = option_of(*command, is_value ? before.back() : typed);
  if (option != nullptr && (is_value || typed.find('=') != std::string::npos)) {
    if (is_value && option->argument.find('|') != std::string::npos) {
      return alternatives(option->argument);
    }
    return {.files = option->argument == "FILE" || option->argument == "DIR"};
  }
  if (typed.starts_with('-')) return options_for(*command);
  const std::vector<std::string> operands = operands_in(*command, before);
  return operands_for(operand_name(*command, operands.size()), operands, names_of);
}

}  // namespace

std::vector<std::string> typed_words(std::string_view line) {
  std::vector<std::string> words{""};
  char quote = 0;
  for (std::size_t at = 0; at < line.size(); ++at) {
    const char c = line[at];
    if (quote == 0 && (c == '\'' || c == '"')) {
      quote = c;
    } else if (c == quote && quote != 0) {
      quote = 0;
    } else if (c == '\\' && quote != '\'' && at + 1 < line.size()) {
      words.back() += line[++at];
    } else if (quote == 0 && (c == ' ' || c == '\t')) {
      if (!words.back().empty()) words.emplace_back();
    } else {
      words.back() += c;
    }
  }
  // Before the program there may be variables that are set for it.
  const auto program = std::find_if(words.begin(), words.end(), [](const std::string& word) {
    return word.find('=') == std::string::npos;
  });
  words.erase(words.begin(), program == words.end() ? program : program + 1);
  return words;
}

Completions complete(std::span<const CommandSyntax> commands, std::span<const std::string> words,
                     const NamesOf& names_of) {
  if (words.empty()) return {};
  Completions found = candidates(commands, words, names_of);
  const std::string& typed = words.back();
  std::erase_if(found.words,
                [&typed](const std::string& word) { return !word.starts_with(typed); });
  return found;
}

std::vector<std::string> host_words(std::span<const std::string> words) {
  std::vector<std::string> found;
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    const std::string_view name = std::string_view(words[i]).substr(0, words[i].find('='));
    if (std::find(kHostOptions.begin(), kHostOptions.end(), name) == kHostOptions.end()) continue;
    found.push_back(words[i]);
    if (name.size() == words[i].size()) found.push_back(words[++i]);
  }
  return found;
}

}  // namespace backplane::host
