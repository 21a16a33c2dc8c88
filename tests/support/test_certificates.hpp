#pragma once

#include <filesystem>
#include <string>

#include "tests/support/temporary_directory.hpp"

namespace backplane::host {

// Certificates of a test's own, as PEM files in a directory of their own. Owned by the test case;
// its thread.
class TestCertificates {
 public:
  // A root, whose certificate is in root.pem.
  TestCertificates();

  // The beginnings of two files, NAME.pem and NAME.key.
  struct Pair {
    std::filesystem::path certificate;
    std::filesystem::path key;
  };

  // Signed by the root, for the host name and address `dns` and 127.0.0.1, from a day before now
  // and for `days`; a negative number has passed already.
  Pair make(const std::string& name, const std::string& dns = "localhost", int days = 1);
  std::filesystem::path root() const { return directory_.path() / "root.pem"; }
  // Keys of no certificate: one with a pass phrase, and one of another kind.
  std::filesystem::path locked_key() const;
  std::filesystem::path rsa_key() const;
  const std::filesystem::path& path() const { return directory_.path(); }

 private:
  TemporaryDirectory directory_;
};

}  // namespace backplane::host
