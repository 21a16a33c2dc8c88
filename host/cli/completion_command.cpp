#include "host/cli/completion_command.hpp"

#include <chrono>
#include <ostream>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>

#include "host/cli/admin_session.hpp"
#include "host/cli/completion.hpp"

namespace backplane::host {
namespace {

// Whoever presses a key does not wait for a host.
constexpr std::chrono::milliseconds kSoon{500};
constexpr const char* kFiles = "<files>";

// The program says what fits, so that the script never lags behind it.
constexpr std::string_view kBashScript =
    R"(# Completes the commands, options and names of backplane.
_backplane() {
  local word
  COMPREPLY=()
  while IFS= read -r word; do
    case "$word" in
      '<files>') compopt -o default 2> /dev/null ;;
      *=) compopt -o nospace 2> /dev/null; COMPREPLY+=("$word") ;;
      *) COMPREPLY+=("$word") ;;
    esac
  done < <("$1" completion words "${COMP_LINE:0:COMP_POINT}" 2> /dev/null)
}
complete -F _backplane backplane
)";

// The names that the host has; none when it does not answer, as nobody reads an error here.
std::vector<std::string> names_at_host(const std::vector<std::string>& host,
                                       const Environment& environment,
                                       const std::string& collection) {
  std::vector<std::string> names;
  const auto parsed = parse_command(
      {.name = "completion", .summary = "", .options = admin_option_syntaxes(), .notes = ""}, host);
  if (!parsed.ok()) return names;
  auto options = admin_options(parsed.value(), environment);
  if (!options.ok()) return names;
  options.value().timeout = kSoon;
  std::ostringstream unread;
  AdminSession session(std::move(options).value(), unread, unread);
  const auto answer = session.ask({.target = "/v1/" + collection});
  if (!answer.ok()) return names;
  const auto objects = answer.value().root().find(collection);
  if (!objects) return names;
  for (const JsonValue& one : objects->children()) names.emplace_back(one.key());
  return names;
}

}  // namespace

CommandSyntax completion_syntax() {
  return {.name = "completion",
          .summary =
              "Prints the script that teaches bash to complete commands, options, and the "
              "names of endpoints, backends and plugins, which it asks the host for.",
          .operands = {"bash|words"},
          .optional = "LINE",
          .examples = {"completion bash > ~/.local/share/bash-completion/completions/backplane",
                       "completion words 'backplane traffic '"},
          .notes =
              "Or once, for this shell: source <(backplane completion bash). The script asks "
              "'completion words LINE' what may stand at the end of LINE; the host is the one "
              "that LINE or BACKPLANE_ADMIN says, and has half a second.\n\n"
              "Ends with 0, or 64 when the command line is wrong."};
}

ExitCode run_completion(const ParsedCommand& command, const std::vector<CommandSyntax>& commands,
                        const Environment& environment, std::ostream& out, std::ostream& err) {
  const std::string& wanted = command.operands.front();
  const bool has_line = command.operands.size() == 2;
  if (wanted == "bash" && !has_line) {
    out << kBashScript;
    return ExitCode::kOk;
  }
  if (wanted != "words" || !has_line) {
    err << "backplane: completion: wanted 'bash', or 'words' and a line; see 'backplane completion "
           "--help'\n";
    return ExitCode::kUsage;
  }
  const std::vector<std::string> words = typed_words(command.operands.back());
  const std::vector<std::string> host = host_words(words);
  const Completions found =
      complete(commands, words, [&host, &environment](const std::string& collection) {
        return names_at_host(host, environment, collection);
      });
  for (const std::string& word : found.words) out << word << "\n";
  if (found.files) out << kFiles << "\n";
  return ExitCode::kOk;
}

}  // namespace backplane::host
