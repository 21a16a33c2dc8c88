#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "host/base/result.hpp"
#include "host/base/status.hpp"
#include "host/plugin/plugin_signature.hpp"

namespace backplane::host {

// Whose bytes may be loaded: those on an allow-list, those signed with a key, or everything when
// neither is asked for. A plain value, made once at the start; any thread.
class PluginTrust {
 public:
  // The name of a plugin -> its good digests, each 64 lower-case hexadecimal digits.
  using AllowList = std::map<std::string, std::vector<std::string>>;

  // Trusts everything.
  PluginTrust() = default;

  // [any] An empty `allowed` allows every plugin; without `key_file`, an Ed25519 public key in
  // PEM, nothing needs a signature. Blocks on the file. kInvalidArgument "bad_signing_key": it
  // cannot be read, or is no such key.
  static Result<PluginTrust> create(AllowList allowed,
                                    const std::optional<std::filesystem::path>& key_file);

  // [any] Judges the plugin `name` by the digest of its bytes and by the signature that was found
  // beside it, or the error that stands in its place. kForbidden "not_on_allow_list";
  // kInvalidArgument "sha256_mismatch": the list pins another digest; kForbidden "bad_signature".
  Status check(const std::string& name, const std::string& sha256,
               const Result<PluginSignature>& signature) const;

 private:
  using Key = std::array<std::uint8_t, 32>;

  static Result<Key> read_key(const std::filesystem::path& file);
  Status check_listed(const std::string& name, const std::string& sha256) const;

  AllowList allowed_;
  std::optional<Key> key_;
};

}  // namespace backplane::host
