#include "host/cli/command_syntax.hpp"

#include <exception>
#include <sstream>
#include <utility>

#include <Poco/Util/HelpFormatter.h>
#include <Poco/Util/Option.h>
#include <Poco/Util/OptionException.h>
#include <Poco/Util/OptionProcessor.h>
#include <Poco/Util/OptionSet.h>

namespace backplane::host {
namespace {

Poco::Util::OptionSet options_of(const CommandSyntax& syntax) {
  Poco::Util::OptionSet options;
  for (const OptionSyntax& option : syntax.options) {
    Poco::Util::Option described(option.name, "", option.description);
    if (!option.argument.empty()) described.argument(option.argument);
    described.repeatable(option.repeatable);
    options.addOption(described);
  }
  options.addOption(Poco::Util::Option("help", "h", "Print this and do nothing."));
  return options;
}

Error refuse(const CommandSyntax& syntax, const std::string& what) {
  return {ErrorCode::kInvalidArgument,
          syntax.name + ": " + what + "; see 'backplane " + syntax.name + " --help'"};
}

// What Poco says against an argument: the exception's class is the whole of it, and its message
// begins with the option.
std::string words_for(const Poco::Util::OptionException& refused) {
  const std::string name = refused.message().substr(0, refused.message().find_first_of(" =:"));
  if (dynamic_cast<const Poco::Util::UnknownOptionException*>(&refused) != nullptr) {
    return "unknown option '" + name + "'";
  }
  if (dynamic_cast<const Poco::Util::MissingArgumentException*>(&refused) != nullptr) {
    return "found no value for option '" + name + "'";
  }
  if (dynamic_cast<const Poco::Util::UnexpectedArgumentException*>(&refused) != nullptr) {
    return "found a value for option '" + name + "', which takes none";
  }
  if (dynamic_cast<const Poco::Util::DuplicateOptionException*>(&refused) != nullptr) {
    return "option '" + name + "' given twice";
  }
  return refused.displayText();
}

// Throws what Poco throws.
void take_arguments(const Poco::Util::OptionSet& options, const std::vector<std::string>& arguments,
                    ParsedCommand& parsed) {
  Poco::Util::OptionProcessor processor(options);
  processor.setUnixStyle(true);
  for (const std::string& argument : arguments) {
    std::string name;
    std::string value;
    if (!processor.process(argument, name, value)) {
      parsed.operands.push_back(argument);
    } else if (name == "help") {
      parsed.help = true;
      return;
    } else if (!name.empty() && options.getOption(name).repeatable()) {
      parsed.lists[name].push_back(value);
    } else if (!name.empty()) {
      parsed.options[name] = value;
    }
  }
  processor.checkRequired();
}

// How many operands there may be.
bool fits(const CommandSyntax& syntax, std::size_t count) {
  const std::size_t required = syntax.operands.size();
  if (!syntax.repeated.empty()) return count > required;
  return count == required || (!syntax.optional.empty() && count == required + 1);
}

std::string usage_of(const CommandSyntax& syntax) {
  std::string usage = "[OPTION]...";
  for (const std::string& operand : syntax.operands) usage += " " + operand;
  if (!syntax.optional.empty()) usage += " [" + syntax.optional + "]";
  if (!syntax.repeated.empty()) usage += " " + syntax.repeated + "...";
  return usage;
}

std::string footer_of(const CommandSyntax& syntax) {
  if (syntax.examples.empty()) return syntax.notes;
  std::string footer = "Examples:";
  for (const std::string& example : syntax.examples) footer += "\n  backplane " + example;
  return footer + "\n\n" + syntax.notes;
}

// Poco keeps the blank at which it breaks a line.
std::string without_trailing_blanks(const std::string& text) {
  std::string kept;
  for (const char c : text) {
    if (c == '\n') kept.erase(kept.find_last_not_of(' ') + 1);
    kept += c;
  }
  return kept;
}

}  // namespace

Result<ParsedCommand> parse_command(const CommandSyntax& syntax,
                                    const std::vector<std::string>& arguments) {
  ParsedCommand parsed;
  try {
    take_arguments(options_of(syntax), arguments, parsed);
  } catch (const Poco::Util::OptionException& refused) {
    return refuse(syntax, words_for(refused));
  } catch (const std::exception& other) {
    return refuse(syntax, other.what());
  }
  const std::size_t found = parsed.operands.size();
  if (parsed.help || fits(syntax, found)) return parsed;
  if (found < syntax.operands.size()) return refuse(syntax, "found no " + syntax.operands[found]);
  if (found == syntax.operands.size()) return refuse(syntax, "found no " + syntax.repeated);
  return refuse(syntax, "unexpected '" + parsed.operands.back() + "'");
}

std::string help_text(const CommandSyntax& syntax) {
  const Poco::Util::OptionSet options = options_of(syntax);
  Poco::Util::HelpFormatter formatter(options);
  formatter.setUnixStyle(true);
  formatter.setAutoIndent();
  formatter.setWidth(100);
  formatter.setCommand("backplane " + syntax.name);
  formatter.setUsage(usage_of(syntax));
  formatter.setHeader(syntax.summary);
  formatter.setFooter(footer_of(syntax));
  std::ostringstream text;
  formatter.format(text);
  return without_trailing_blanks(text.str());
}

}  // namespace backplane::host
