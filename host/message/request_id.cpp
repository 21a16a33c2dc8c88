#include "host/message/request_id.hpp"

#include <algorithm>
#include <cstring>

namespace backplane::host {
namespace {

// The eight hexadecimal digits of `bits`, a byte each, all made at once: nibbles are spread over
// the bytes, and those over 9 are moved on from behind '9' to 'a'. In which order they stand does
// not matter to an id.
std::uint64_t hex_digits(std::uint32_t bits) {
  std::uint64_t nibbles = bits;
  nibbles = (nibbles | (nibbles << 16U)) & 0x0000ffff0000ffffULL;
  nibbles = (nibbles | (nibbles << 8U)) & 0x00ff00ff00ff00ffULL;
  nibbles = (nibbles | (nibbles << 4U)) & 0x0f0f0f0f0f0f0f0fULL;
  const std::uint64_t over_nine = ((nibbles + 0x0606060606060606ULL) >> 4U) & 0x0101010101010101ULL;
  return nibbles + 0x3030303030303030ULL + over_nine * ('a' - '9' - 1);
}

}  // namespace

RequestId& RequestId::operator=(std::string_view text) {
  size_ = static_cast<std::uint8_t>(std::min(text.size(), kMaxSize));
  std::copy_n(text.begin(), size_, text_.begin());
  return *this;
}

void RequestId::make(Random& random) {
  const std::uint64_t bits = random.next();
  const std::array<std::uint64_t, 2> digits{hex_digits(static_cast<std::uint32_t>(bits)),
                                            hex_digits(static_cast<std::uint32_t>(bits >> 32U))};
  size_ = sizeof digits;
  std::memcpy(text_.data(), digits.data(), sizeof digits);
}

bool is_request_id(std::string_view text) {
  return !text.empty() && text.size() <= RequestId::kMaxSize &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '.' || c == '_' || c == '-';
         });
}

}  // namespace backplane::host
