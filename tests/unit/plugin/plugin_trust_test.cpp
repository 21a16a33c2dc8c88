#include "host/plugin/plugin_trust.hpp"

#include <optional>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "host/plugin/preflight_code.hpp"
#include "tests/support/signing_key.hpp"
#include "tests/unit/plugin/temporary_directory.hpp"

namespace backplane::host {
namespace {

// The digest whose bytes are 0, 1, 2 … 31, and its text.
SigningKey::Digest counted_digest() {
  SigningKey::Digest digest{};
  for (std::size_t i = 0; i < digest.size(); ++i) digest[i] = static_cast<std::uint8_t>(i);
  return digest;
}
constexpr const char* kCounted = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
std::string other_digest() {
  return std::string(64, 'a');
}

Result<PluginSignature> no_signature() {
  return refusal(PreflightCode::kBadSignature, "there is no signature");
}

std::string verdict(const Status& status) {
  if (status.ok()) return "trusted";
  const std::string_view reason = status.error().reason();
  const bool other_file = reason == "sha256_mismatch";
  CHECK(status.error().code() ==
        (other_file ? ErrorCode::kInvalidArgument : ErrorCode::kForbidden));
  return std::string(reason);
}

PluginTrust allowing(PluginTrust::AllowList allowed) {
  auto trust = PluginTrust::create(std::move(allowed), std::nullopt);
  REQUIRE(trust.ok());
  return std::move(trust).value();
}

// Trust in `key`, which was in a file while the host started.
PluginTrust trusting(const SigningKey& key, PluginTrust::AllowList allowed = {}) {
  const TemporaryDirectory folder;
  folder.write("key.pem", key.public_pem());
  auto trust = PluginTrust::create(std::move(allowed), folder / "key.pem");
  REQUIRE(trust.ok());
  return std::move(trust).value();
}

// Why a file with `content` is no signing key.
std::string key_refusal(const std::string& content) {
  const TemporaryDirectory folder;
  folder.write("key.pem", content);
  const auto trust = PluginTrust::create({}, folder / "key.pem");
  if (trust.ok()) return "accepted";
  CHECK(trust.error().code() == ErrorCode::kInvalidArgument);
  CHECK(trust.error().message().find("key.pem") != std::string::npos);
  return std::string(trust.error().reason());
}

}  // namespace

TEST_SUITE("plugin") {
  TEST_CASE("PluginTrust: without a list and a key everything is trusted") {
    CHECK(verdict(PluginTrust().check("a", other_digest(), no_signature())) == "trusted");
    CHECK(verdict(allowing({}).check("a", other_digest(), no_signature())) == "trusted");
  }

  TEST_CASE("PluginTrust: a list lets in what it names, with any of the digests it gives") {
    const PluginTrust trust =
        allowing({{"a", {kCounted, other_digest()}}, {"b", {other_digest()}}});
    CHECK(verdict(trust.check("a", kCounted, no_signature())) == "trusted");
    CHECK(verdict(trust.check("a", other_digest(), no_signature())) == "trusted");
    CHECK(verdict(trust.check("b", other_digest(), no_signature())) == "trusted");
    CHECK(verdict(trust.check("b", kCounted, no_signature())) == "sha256_mismatch");
    CHECK(verdict(trust.check("c", other_digest(), no_signature())) == "not_on_allow_list");
  }

  TEST_CASE("PluginTrust: a digest that is not listed is named in the refusal") {
    const Status refused = allowing({{"a", {other_digest()}}}).check("a", kCounted, no_signature());
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().message().find(kCounted) != std::string::npos);
  }

  TEST_CASE("PluginTrust: with a key only its signature of the very digest is good") {
    const SigningKey key;
    const SigningKey stranger;
    const PluginTrust trust = trusting(key);
    const PluginSignature good = key.sign(counted_digest());
    CHECK(verdict(trust.check("a", kCounted, good)) == "trusted");
    CHECK(verdict(trust.check("a", other_digest(), good)) == "bad_signature");
    CHECK(verdict(trust.check("a", kCounted, stranger.sign(counted_digest()))) == "bad_signature");
    for (const std::size_t place : {0U, 31U, 32U, 63U}) {
      PluginSignature damaged = good;
      damaged[place] ^= 1U;
      CAPTURE(place);
      CHECK(verdict(trust.check("a", kCounted, damaged)) == "bad_signature");
    }
  }

  TEST_CASE("PluginTrust: what is no digest is signed by nobody") {
    const SigningKey key;
    const PluginTrust trust = trusting(key);
    const PluginSignature good = key.sign(counted_digest());
    for (const std::string& digest :
         {std::string(), std::string(kCounted) + "00", std::string(64, 'g'), std::string(64, '-'),
          std::string(kCounted).substr(2)}) {
      CAPTURE(digest);
      CHECK(verdict(trust.check("a", digest, good)) == "bad_signature");
    }
  }

  TEST_CASE("PluginTrust: a missing signature is refused in the words of who looked for it") {
    const SigningKey key;
    const Status refused = trusting(key).check("a", kCounted, no_signature());
    CHECK(verdict(refused) == "bad_signature");
    CHECK(refused.error().message() == "there is no signature");
  }

  TEST_CASE("PluginTrust: with a list and a key a plugin must pass both") {
    const SigningKey key;
    const PluginTrust trust = trusting(key, {{"a", {kCounted}}});
    const PluginSignature good = key.sign(counted_digest());
    CHECK(verdict(trust.check("a", kCounted, good)) == "trusted");
    CHECK(verdict(trust.check("a", kCounted, no_signature())) == "bad_signature");
    CHECK(verdict(trust.check("b", kCounted, good)) == "not_on_allow_list");
    CHECK(verdict(trust.check("a", other_digest(), no_signature())) == "sha256_mismatch");
  }

  TEST_CASE("PluginTrust: only an Ed25519 public key in PEM is a signing key") {
    CHECK(key_refusal(SigningKey().public_pem()) == "accepted");
    CHECK(key_refusal(SigningKey("ED448").public_pem()) == "bad_signing_key");
    CHECK(key_refusal(SigningKey("X25519").public_pem()) == "bad_signing_key");
    CHECK(key_refusal(SigningKey().private_pem()) == "bad_signing_key");
    CHECK(key_refusal("") == "bad_signing_key");
    CHECK(key_refusal("text") == "bad_signing_key");
    CHECK(key_refusal(std::string(100'000, '\n') + SigningKey().public_pem()) == "bad_signing_key");
  }

  TEST_CASE("PluginTrust: a key file that is missing or no file is refused at once") {
    const TemporaryDirectory folder;
    REQUIRE(mkfifo((folder / "fifo").c_str(), 0600) == 0);
    for (const char* name : {"missing", "fifo", "."}) {
      CAPTURE(name);
      const auto trust = PluginTrust::create({}, folder / name);
      REQUIRE_FALSE(trust.ok());
      CHECK(trust.error().reason() == "bad_signing_key");
    }
  }
}

}  // namespace backplane::host
