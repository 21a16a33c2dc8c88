#include "host/cli/token_command.hpp"

#include <optional>
#include <ostream>
#include <string>

#include "host/admin/token_digest.hpp"
#include "host/base/random.hpp"
#include "host/base/result.hpp"
#include "host/base/wall_time.hpp"
#include "host/config/admin_token.hpp"
#include "host/config/names.hpp"
#include "host/json/json_writer.hpp"

namespace backplane::host {
namespace {

constexpr std::size_t kTokenBytes = 32;
constexpr std::size_t kSaltBytes = 16;

Error bad_option(const std::string& what) {
  return {ErrorCode::kInvalidArgument, "token: " + what + "; see 'backplane token --help'"};
}

Result<AdminToken> described(const ParsedCommand& command) {
  AdminToken token;
  if (!command.has("label")) return bad_option("found no --label");
  token.label = command.options.at("label");
  if (Status fits = check_name("--label", token.label); !fits.ok()) {
    return bad_option(std::string(fits.error().message()));
  }
  const auto role = admin_role_named(command.has("role") ? command.options.at("role") : "");
  if (!role) return bad_option("found no --role of read, operate or deploy");
  token.role = *role;
  if (!command.has("expires")) return token;
  token.expires = parse_wall_time(command.options.at("expires"));
  if (!token.expires) {
    return bad_option("found '" + command.options.at("expires") +
                      "' as --expires, wanted a time such as 2027-01-31T00:00:00Z");
  }
  return token;
}

std::string hex_of(const TokenDigest& digest) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t byte : digest) {
    text += kHex[byte >> 4U];
    text += kHex[byte & 0xfU];
  }
  return text;
}

std::string entry_of(const AdminToken& token) {
  std::string text;
  JsonWriter json(text);
  json.begin_object()
      .member("label", token.label)
      .member("role", name_of(token.role))
      .member("salt", token.salt)
      .member("sha256", hex_of(token.sha256));
  if (token.expires) json.member("expires", to_text(*token.expires));
  json.end_object();
  return text;
}

}  // namespace

CommandSyntax token_syntax() {
  return {
      .name = "token",
      .summary =
          "Makes a token for the admin listener: prints it, once, and the entry for "
          "'admin.tokens' of the host configuration, which does not hold the token itself.",
      .options = {{"label", "NAME", "Whom the host puts changes down to that are made with it."},
                  {"role", "ROLE", "read: look; operate: steer what is there; deploy: everything."},
                  {"expires", "TIME",
                   "When it ends, in UTC: 2027-01-31T00:00:00Z. Default: never."}},
      .examples = {"token --label ci --role operate",
                   "token --label prometheus --role read --expires 2027-01-31T00:00:00Z"},
      .notes =
          "To replace a token, add a second entry with the same label, hand out the new token, "
          "and take the old entry out. Ends with 0, or 64 when the command line is wrong.",
  };
}

ExitCode run_token(const ParsedCommand& command, std::ostream& out, std::ostream& err) {
  Result<AdminToken> token = described(command);
  if (!token.ok()) {
    err << "backplane: " << token.error().message() << "\n";
    return ExitCode::kUsage;
  }
  const std::string secret = random_hex(kTokenBytes);
  token.value().salt = random_hex(kSaltBytes);
  token.value().sha256 = token_digest(token.value().salt, secret);
  out << "token: " << secret << "\nentry: " << entry_of(token.value()) << "\n";
  return ExitCode::kOk;
}

}  // namespace backplane::host
