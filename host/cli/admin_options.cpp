#include "host/cli/admin_options.hpp"

#include <charconv>
#include <cstdlib>
#include <string_view>
#include <unistd.h>
#include <utility>

#include "host/cli/input_file.hpp"

namespace backplane::host {
namespace {

constexpr std::string_view kDefaultAdmin = "127.0.0.1:8001";
// A day: whoever wants to wait longer does not want to wait.
constexpr std::int64_t kLongestTimeout = 86'400'000;
constexpr std::size_t kLargestToken = 4096;

std::string variable(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

Error bad_option(std::string_view option, const std::string& message) {
  return {ErrorCode::kInvalidArgument, "bad_option", "--" + std::string(option) + ": " + message};
}

std::optional<std::filesystem::path> authorities_of(const ParsedCommand& command,
                                                    const Environment& environment) {
  // Named and empty is a mistake that shows later, and no reason to do without TLS.
  if (command.has("tls-ca")) return command.value("tls-ca");
  if (environment.authorities.empty()) return std::nullopt;
  return environment.authorities;
}

Result<ServerAddress> address_of(const ParsedCommand& command, const Environment& environment) {
  const bool given = command.has("admin");
  std::string text = given ? command.value("admin") : environment.admin;
  if (!given && text.empty()) text = kDefaultAdmin;
  auto address = parse_server_address(text);
  if (!address.ok()) return bad_option("admin", address.error().message());
  // Whoever names an authority wants to be sure whom the token goes to; one who writes http://
  // has it for the data listener.
  const bool in_clear = text.starts_with("http://");
  if (authorities_of(command, environment) && !in_clear) address.value().tls = true;
  return address;
}

Result<std::chrono::milliseconds> timeout_of(const std::string& text) {
  std::int64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size() || number < 1 ||
      number > kLongestTimeout) {
    return bad_option("timeout", "found '" + text + "', wanted milliseconds from 1 to " +
                                     std::to_string(kLongestTimeout));
  }
  return std::chrono::milliseconds(number);
}

Result<std::optional<std::string>> token_of(const ParsedCommand& command,
                                            const Environment& environment) {
  const bool given = command.has("token-file");
  const std::string path = given ? command.value("token-file") : environment.token_file;
  if (path.empty() && !given) return std::optional<std::string>();
  auto text = read_input_file(path, kLargestToken);
  if (!text.ok()) return std::move(text).error().with_context("the token's file");
  const std::string_view blanks = " \t\r\n";
  std::string token = std::move(text).value();
  token.erase(token.find_last_not_of(blanks) + 1);
  token.erase(0, token.find_first_not_of(blanks));
  const bool is_one_word = !token.empty() && token.find_first_of(blanks) == std::string::npos;
  if (!is_one_word) {
    return Error(ErrorCode::kInvalidArgument, "unreadable_file",
                 "the token's file: " + path + ": holds no token, which is one word");
  }
  return std::optional(std::move(token));
}

}  // namespace

Environment read_environment() {
  return {.admin = variable("BACKPLANE_ADMIN"),
          .token_file = variable("BACKPLANE_TOKEN_FILE"),
          .authorities = variable("BACKPLANE_TLS_CA"),
          .on_terminal = isatty(STDERR_FILENO) == 1};
}

std::vector<OptionSyntax> admin_option_syntaxes(const std::string& timeout_ms) {
  return {
      {"admin", "ADDRESS",
       "The host's admin listener, as HOST:PORT or URL. Default: $BACKPLANE_ADMIN, else "
       "127.0.0.1:8001."},
      {"token-file", "FILE",
       "The file that holds the admin token. Default: $BACKPLANE_TOKEN_FILE, else no token."},
      {"tls-ca", "FILE",
       "Use TLS, and believe the certificates that those in FILE vouch for. Default: "
       "$BACKPLANE_TLS_CA, else TLS only for an https:// URL, and the system's."},
      {"timeout", "MS", "How long an answer may take. Default " + timeout_ms + "."},
      {"json", "", "Print the host's JSON instead of text for people."},
  };
}

Result<AdminOptions> admin_options(const ParsedCommand& command, const Environment& environment) {
  AdminOptions options;
  auto admin = address_of(command, environment);
  if (!admin.ok()) return std::move(admin).error();
  options.admin = std::move(admin).value();
  if (command.has("timeout")) {
    auto timeout = timeout_of(command.value("timeout"));
    if (!timeout.ok()) return std::move(timeout).error();
    options.timeout = timeout.value();
  }
  auto token = token_of(command, environment);
  if (!token.ok()) return std::move(token).error();
  options.token = std::move(token).value();
  options.authorities = authorities_of(command, environment);
  options.json = command.has("json");
  options.shows_progress = environment.on_terminal && !options.json;
  return options;
}

}  // namespace backplane::host
