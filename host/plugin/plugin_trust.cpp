#include "host/plugin/plugin_trust.hpp"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <memory>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <string_view>
#include <system_error>
#include <utility>

#include "host/plugin/preflight_code.hpp"

namespace backplane::host {
namespace {

constexpr std::size_t kLargestKeyFile = std::size_t{16} * 1024;  // a key has about 113 bytes

using Digest = std::array<std::uint8_t, 32>;
using EvpKey = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

Error bad_key(const std::filesystem::path& file, const std::string& what) {
  return {ErrorCode::kInvalidArgument, "bad_signing_key",
          "signing key '" + file.string() + "' " + what};
}

Result<std::string> text_of(const std::filesystem::path& file) {
  std::error_code failure;
  // A FIFO would block the start for ever.
  if (!std::filesystem::is_regular_file(file, failure)) {
    return bad_key(file, failure ? "cannot be read: " + failure.message() : "is no regular file");
  }
  std::ifstream stream(file, std::ios::binary);
  std::string text(kLargestKeyFile, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  // A file that cannot be opened is not at its end either.
  if (!stream.eof()) return bad_key(file, "cannot be read, or has more than 16 KiB");
  text.resize(static_cast<std::size_t>(stream.gcount()));
  return text;
}

// Without it OpenSSL would ask a terminal for the pass phrase of an encrypted file.
int no_pass_phrase(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*user*/) {
  return -1;
}

std::optional<Digest> digest_from(std::string_view hex) {
  Digest digest{};
  if (hex.size() != digest.size() * 2) return std::nullopt;
  for (std::size_t i = 0; i < digest.size(); ++i) {
    const std::string_view pair = hex.substr(2 * i, 2);
    const auto read = std::from_chars(pair.data(), pair.data() + 2, digest[i], 16);
    if (read.ec != std::errc() || read.ptr != pair.data() + 2) return std::nullopt;
  }
  return digest;
}

bool verify(const std::array<std::uint8_t, 32>& key, const Digest& digest,
            const PluginSignature& signature) {
  const EvpKey public_key(
      EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, key.data(), key.size()),
      EVP_PKEY_free);
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                        EVP_MD_CTX_free);
  const bool good =
      public_key != nullptr && context != nullptr &&
      EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, public_key.get()) == 1 &&
      EVP_DigestVerify(context.get(), signature.data(), signature.size(), digest.data(),
                       digest.size()) == 1;
  ERR_clear_error();  // the thread's queue of them would grow
  return good;
}

}  // namespace

Result<PluginTrust> PluginTrust::create(AllowList allowed,
                                        const std::optional<std::filesystem::path>& key_file) {
  PluginTrust trust;
  trust.allowed_ = std::move(allowed);
  if (key_file) {
    auto key = read_key(*key_file);
    if (!key.ok()) return std::move(key).error();
    trust.key_ = key.value();
  }
  return trust;
}

Result<PluginTrust::Key> PluginTrust::read_key(const std::filesystem::path& file) {
  const auto text = text_of(file);
  if (!text.ok()) return text.error();
  const std::string& pem = text.value();
  const std::unique_ptr<BIO, decltype(&BIO_free)> source(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free);
  const EvpKey parsed(PEM_read_bio_PUBKEY(source.get(), nullptr, no_pass_phrase, nullptr),
                      EVP_PKEY_free);
  Key key{};
  std::size_t size = key.size();
  const bool good = parsed != nullptr && EVP_PKEY_is_a(parsed.get(), "ED25519") == 1 &&
                    EVP_PKEY_get_raw_public_key(parsed.get(), key.data(), &size) == 1 &&
                    size == key.size();
  ERR_clear_error();
  if (!good) return bad_key(file, "is not an Ed25519 public key in PEM");
  return key;
}

Status PluginTrust::check_listed(const std::string& name, const std::string& sha256) const {
  if (allowed_.empty()) return {};
  const auto listed = allowed_.find(name);
  if (listed == allowed_.end()) {
    return refusal(PreflightCode::kNotOnAllowList,
                   "is not in 'plugins.allow' of the host's configuration");
  }
  const std::vector<std::string>& digests = listed->second;
  if (std::find(digests.begin(), digests.end(), sha256) != digests.end()) return {};
  return refusal(PreflightCode::kSha256Mismatch,
                 "has the sha256 " + sha256 + ", which 'plugins.allow' does not list for it");
}

Status PluginTrust::check(const std::string& name, const std::string& sha256,
                          const Result<PluginSignature>& signature) const {
  Status listed = check_listed(name, sha256);
  if (!listed.ok() || !key_) return listed;
  if (!signature.ok()) return signature.error();
  const auto digest = digest_from(sha256);
  if (digest && verify(*key_, *digest, signature.value())) return {};
  return refusal(PreflightCode::kBadSignature, "its signature is not one of the sha256 " + sha256 +
                                                   " with 'plugins.signing_key'");
}

}  // namespace backplane::host
