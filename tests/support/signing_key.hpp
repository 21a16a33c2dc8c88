#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <string>

#include <doctest/doctest.h>

namespace backplane::host {

// A key pair of one test's own, which signs as whoever ships plugins does. The test's thread.
class SigningKey {
 public:
  using Digest = std::array<std::uint8_t, 32>;
  using Signature = std::array<std::uint8_t, 64>;

  // `type` is a word of OpenSSL's.
  explicit SigningKey(const char* type = "ED25519")
      : key_(EVP_PKEY_Q_keygen(nullptr, nullptr, type), EVP_PKEY_free) {
    REQUIRE(key_ != nullptr);
  }

  std::string public_pem() const {
    const Bio bio(BIO_new(BIO_s_mem()), BIO_free);
    REQUIRE(PEM_write_bio_PUBKEY(bio.get(), key_.get()) == 1);
    return text_of(bio);
  }
  std::string private_pem() const {
    const Bio bio(BIO_new(BIO_s_mem()), BIO_free);
    REQUIRE(PEM_write_bio_PKCS8PrivateKey(bio.get(), key_.get(), nullptr, nullptr, 0, nullptr,
                                          nullptr) == 1);
    return text_of(bio);
  }

  Signature sign(const Digest& digest) const {
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                          EVP_MD_CTX_free);
    Signature signature{};
    std::size_t size = signature.size();
    REQUIRE(EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_.get()) == 1);
    REQUIRE(EVP_DigestSign(context.get(), signature.data(), &size, digest.data(), digest.size()) ==
            1);
    REQUIRE(size == signature.size());
    return signature;
  }
  // The same of all of `bytes`, by their SHA-256.
  Signature sign_file(const std::string& bytes) const {
    Digest digest{};
    std::size_t size = digest.size();
    REQUIRE(EVP_Q_digest(nullptr, "SHA256", nullptr, bytes.data(), bytes.size(), digest.data(),
                         &size) == 1);
    return sign(digest);
  }

 private:
  using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;

  static std::string text_of(const Bio& bio) {
    std::string text(BIO_ctrl_pending(bio.get()), '\0');
    REQUIRE(BIO_read(bio.get(), text.data(), static_cast<int>(text.size())) ==
            static_cast<int>(text.size()));
    return text;
  }

  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key_;
};

}  // namespace backplane::host
