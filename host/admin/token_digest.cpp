#include "host/admin/token_digest.hpp"

#include <openssl/crypto.h>
#include <openssl/sha.h>
#include <string>

namespace backplane::host {

static_assert(sizeof(TokenDigest) == SHA256_DIGEST_LENGTH);

TokenDigest token_digest(std::string_view salt, std::string_view token) {
  std::string text(salt);
  text += token;
  TokenDigest digest{};
  const void* const input = text.data();
  SHA256(static_cast<const unsigned char*>(input), text.size(), digest.data());
  OPENSSL_cleanse(text.data(), text.size());
  return digest;
}

bool same_digest(const TokenDigest& one, const TokenDigest& other) {
  return CRYPTO_memcmp(one.data(), other.data(), one.size()) == 0;
}

}  // namespace backplane::host
