#include "host/config/sha256_reader.hpp"

#include <algorithm>

namespace backplane::host {

std::optional<std::string> read_sha256(ObjectReader& reader) {
  const std::optional<JsonValue> value = reader.require("sha256");
  if (!value) return std::nullopt;
  std::string digits(value->string().value_or(""));
  std::transform(digits.begin(), digits.end(), digits.begin(), [](char c) {
    return c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  if (digits.size() == 64 && digits.find_first_not_of("0123456789abcdef") == std::string::npos) {
    return digits;
  }
  reader.refuse(*value, "64 hexadecimal digits");
  return std::nullopt;
}

}  // namespace backplane::host
