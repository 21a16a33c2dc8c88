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
    } else if (!name.empty()) {
      parsed.options[name] = value;
    }
  }
  processor.checkRequired();
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
  if (parsed.help || parsed.operands.size() == syntax.operands.size()) return parsed;
  if (parsed.operands.size() > syntax.operands.size()) {
    return refuse(syntax, "unexpected '" + parsed.operands[syntax.operands.size()] + "'");
  }
  return refuse(syntax, "found no " + syntax.operands[parsed.operands.size()]);
}

std::string help_text(const CommandSyntax& syntax) {
  const Poco::Util::OptionSet options = options_of(syntax);
  Poco::Util::HelpFormatter formatter(options);
  formatter.setUnixStyle(true);
  formatter.setAutoIndent();
  formatter.setWidth(100);
  formatter.setCommand("backplane " + syntax.name);
  std::string usage = "[OPTION]...";
  for (const std::string& operand : syntax.operands) usage += " " + operand;
  formatter.setUsage(usage);
  formatter.setHeader(syntax.summary);
  formatter.setFooter(syntax.notes);
  std::ostringstream text;
  formatter.format(text);
  return text.str();
}

}  // namespace backplane::host
