#include "tests/support/test_certificates.hpp"

#include <cstdio>
#include <memory>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include <doctest/doctest.h>

namespace backplane::host {
namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;
using File = std::unique_ptr<std::FILE, decltype(&std::fclose)>;

constexpr long kDay = 24L * 60 * 60;

Key checked(EVP_PKEY* made) {
  REQUIRE(made != nullptr);
  return {made, EVP_PKEY_free};
}

Key new_key() {
  return checked(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
}

File file(const std::filesystem::path& path, const char* mode) {
  File opened(std::fopen(path.c_str(), mode), std::fclose);
  REQUIRE(opened != nullptr);
  return opened;
}

void write(const std::filesystem::path& path, const Certificate& certificate) {
  REQUIRE(PEM_write_X509(file(path, "w").get(), certificate.get()) == 1);
}

// `phrase`: empty for none.
void write(const std::filesystem::path& path, const Key& key, std::string phrase = {}) {
  const File opened = file(path, "w");
  REQUIRE(::chmod(path.c_str(), 0600) == 0);
  const EVP_CIPHER* const cipher = phrase.empty() ? nullptr : EVP_aes_256_cbc();
  void* const with = phrase.empty() ? nullptr : phrase.data();
  REQUIRE(PEM_write_PrivateKey(opened.get(), key.get(), cipher, nullptr, 0, nullptr, with) == 1);
}

void extend(X509* certificate, int what, const std::string& value) {
  X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, nullptr, what, value.c_str());
  REQUIRE(extension != nullptr);
  REQUIRE(X509_add_ext(certificate, extension, -1) == 1);
  X509_EXTENSION_free(extension);
}

void add_name(X509* certificate, const std::string& name) {
  const void* const text = name.data();
  REQUIRE(X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_ASC,
                                     static_cast<const unsigned char*>(text),
                                     static_cast<int>(name.size()), -1, 0) == 1);
}

Certificate unsigned_certificate(const std::string& name, const Key& key, long days) {
  Certificate certificate(X509_new(), X509_free);
  REQUIRE(certificate != nullptr);
  static long serial = 0;
  X509_set_version(certificate.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), ++serial);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -10 * kDay);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), days * kDay);
  X509_set_pubkey(certificate.get(), key.get());
  add_name(certificate.get(), name);
  return certificate;
}

}  // namespace

TestCertificates::TestCertificates() {
  const Key key = new_key();
  const Certificate root = unsigned_certificate("root of a test", key, 10);
  X509_set_issuer_name(root.get(), X509_get_subject_name(root.get()));
  extend(root.get(), NID_basic_constraints, "critical,CA:TRUE");
  REQUIRE(X509_sign(root.get(), key.get(), EVP_sha256()) > 0);
  write(directory_.path() / "root.pem", root);
  write(directory_.path() / "root.key", key);
}

TestCertificates::Pair TestCertificates::make(const std::string& name, const std::string& dns,
                                              int days) {
  const Certificate root(PEM_read_X509(file(this->root(), "r").get(), nullptr, nullptr, nullptr),
                         X509_free);
  const Key root_key(PEM_read_PrivateKey(file(directory_.path() / "root.key", "r").get(), nullptr,
                                         nullptr, nullptr),
                     EVP_PKEY_free);
  const Key key = new_key();
  const Certificate made = unsigned_certificate(name, key, days);
  X509_set_issuer_name(made.get(), X509_get_subject_name(root.get()));
  extend(made.get(), NID_subject_alt_name, "DNS:" + dns + ",IP:127.0.0.1");
  REQUIRE(X509_sign(made.get(), root_key.get(), EVP_sha256()) > 0);
  Pair pair{directory_.path() / (name + ".pem"), directory_.path() / (name + ".key")};
  write(pair.certificate, made);
  write(pair.key, key);
  return pair;
}

std::filesystem::path TestCertificates::locked_key() const {
  std::filesystem::path path = directory_.path() / "locked.key";
  write(path, new_key(), "a phrase");
  return path;
}

std::filesystem::path TestCertificates::rsa_key() const {
  std::filesystem::path path = directory_.path() / "rsa.key";
  write(path, checked(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{2048})));
  return path;
}

}  // namespace backplane::host
