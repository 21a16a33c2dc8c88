#include "host/config/admin_reader.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "host/config/listener_reader.hpp"
#include "host/config/names.hpp"
#include "host/config/sha256_reader.hpp"

namespace backplane::host {
namespace {

// Each wrong token is compared with all of them.
constexpr std::size_t kMostTokens = 64;
constexpr std::size_t kMostHostNames = 64;
constexpr std::size_t kLeastSalt = 16;
constexpr std::size_t kMostSalt = 64;
constexpr std::size_t kLongestHostName = 255;
constexpr IntegerRange kAuditBytes{std::int64_t{64} * 1024, std::int64_t{1024} * 1024 * 1024};
constexpr std::string_view kLettersDigits =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

std::string read_label(ObjectReader& reader, std::vector<Error>& errors) {
  const auto value = reader.require("label");
  if (!value) return {};
  std::string label(value->string().value_or(""));
  Status fits = check_name("token", label);
  if (!fits.ok()) errors.push_back(std::move(fits).error().with_pointer(value->pointer()));
  // Whoever changes something where no token is asked for, and the host itself.
  if (label == "local" || label == "watcher") {
    reader.refuse(*value, "another label: '" + label + "' is nobody's token");
  }
  return label;
}

AdminRole read_role(ObjectReader& reader) {
  const auto value = reader.require("role");
  if (!value) return AdminRole::kRead;
  const auto role = admin_role_named(value->string().value_or(""));
  if (!role) reader.refuse(*value, "one of read, operate, deploy");
  return role.value_or(AdminRole::kRead);
}

std::string read_salt(ObjectReader& reader) {
  const auto value = reader.require("salt");
  if (!value) return {};
  std::string salt(value->string().value_or(""));
  if (salt.size() < kLeastSalt || salt.size() > kMostSalt ||
      salt.find_first_not_of(kLettersDigits) != std::string::npos) {
    reader.refuse(*value, "16 to 64 letters and digits");
  }
  return salt;
}

std::optional<WallTime> read_expiry(ObjectReader& reader) {
  const auto value = reader.take("expires");
  if (!value) return std::nullopt;
  const auto time = parse_wall_time(value->string().value_or(""));
  if (!time) reader.refuse(*value, "a time in UTC such as 2027-01-31T00:00:00Z");
  return time;
}

TokenDigest digest_from(std::string_view hex) {
  TokenDigest digest{};
  for (std::size_t i = 0; i < digest.size(); ++i) {
    std::from_chars(hex.data() + 2 * i, hex.data() + 2 * i + 2, digest[i], 16);
  }
  return digest;
}

AdminToken read_token(const JsonValue& element, std::vector<Error>& errors) {
  ObjectReader reader(element, errors);
  AdminToken token;
  token.label = read_label(reader, errors);
  token.role = read_role(reader);
  token.salt = read_salt(reader);
  if (const auto digits = read_sha256(reader)) token.sha256 = digest_from(*digits);
  token.expires = read_expiry(reader);
  reader.finish();
  return token;
}

void read_tokens(ObjectReader& admin, HostConfig& config, std::vector<Error>& errors) {
  const auto list = admin.take("tokens");
  if (!list) return;
  if (!list->is_array() || list->size() > kMostTokens) {
    return admin.refuse(*list, "an array of at most 64 objects as 'backplane token' prints them");
  }
  for (const JsonValue& element : list->children()) {
    config.admin_tokens.push_back(read_token(element, errors));
  }
}

// As it may stand in Host without its port: a name, or an IPv6 address in brackets.
bool is_host_name(std::string_view text) {
  if (text.empty() || text.size() > kLongestHostName) return false;
  std::string allowed(kLettersDigits);
  if (text.starts_with('[') && text.ends_with(']')) {
    text = text.substr(1, text.size() - 2);
    allowed += ":.";
  } else {
    allowed += "-._";
  }
  return !text.empty() && text.find_first_not_of(allowed) == std::string_view::npos;
}

void read_host_names(ObjectReader& admin, HostConfig& config) {
  const auto list = admin.take("host_names");
  if (!list) return;
  if (!list->is_array() || list->size() > kMostHostNames) {
    return admin.refuse(*list, "an array of at most 64 host names");
  }
  for (const JsonValue& element : list->children()) {
    const std::string_view name = element.string().value_or("");
    if (!is_host_name(name)) admin.refuse(element, "a host name without a port");
    config.admin_host_names.emplace_back(name);
  }
}

void read_audit(ObjectReader& admin, HostConfig& config, std::vector<Error>& errors) {
  const auto value = admin.take("audit");
  if (!value) return;
  ObjectReader reader(*value, errors);
  reader.read("required", config.audit.required);
  reader.read("max_bytes", kAuditBytes, config.audit.max_bytes);
  reader.finish();
}

}  // namespace

void read_admin(ObjectReader& root, const std::filesystem::path& folder, HostConfig& config,
                std::vector<Error>& errors) {
  const auto value = root.take("admin");
  if (!value) return;
  ObjectReader reader(*value, errors);
  read_listener(reader, folder, config.admin, errors);
  if (const auto word = reader.read_word("auth", {"token", "none"})) {
    config.admin_auth = *word == 0 ? AdminAuth::kToken : AdminAuth::kNone;
  }
  read_tokens(reader, config, errors);
  read_host_names(reader, config);
  read_audit(reader, config, errors);
  reader.finish();
}

}  // namespace backplane::host
