#include "host/message/request_id.hpp"

#include <algorithm>

namespace backplane::host {

bool is_request_id(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  });
}

void make_request_id(Random& random, std::string& out) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::uint64_t bits = random.next();
  out.resize(16);
  for (char& c : out) {
    c = kHex[bits & 0xfU];
    bits >>= 4U;
  }
}

}  // namespace backplane::host
