#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#include "host/base/result.hpp"

namespace backplane::host {

// What opens the admin listener: only its SHA-256 is kept in memory. A plain value.
class AdminToken {
 public:
  // Reads the token from `file`, or makes one of 256 random bits and writes it there with mode
  // 0600. kUnavailable when the file cannot be read or written, or others may read it.
  static Result<AdminToken> load_or_create(const std::filesystem::path& file);
  static AdminToken from_text(std::string_view token);

  // In a time that does not depend on where the two differ.
  bool matches(std::string_view candidate) const;

 private:
  explicit AdminToken(std::string digest) : digest_(std::move(digest)) {}
  static std::string digest_of(std::string_view text);

  std::string digest_;  // hexadecimal
};

}  // namespace backplane::host
