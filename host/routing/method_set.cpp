#include "host/routing/method_set.hpp"

#include <cstddef>

#include "host/message/headers.hpp"

namespace backplane::host {
namespace {

// In the order of kKnown; the most frequent ones are found first.
std::uint32_t bit_of(std::string_view method) {
  if (is_literal(method, "GET")) return 1U;
  if (is_literal(method, "POST")) return 4U;
  for (std::size_t i = 0; i < MethodSet::kKnown.size(); ++i) {
    if (MethodSet::kKnown[i] == method) return 1U << static_cast<unsigned>(i);
  }
  return 0;
}
static_assert(MethodSet::kKnown[0] == "GET" && MethodSet::kKnown[2] == "POST");

}  // namespace

bool MethodSet::add(std::string_view method) {
  const std::uint32_t bit = bit_of(method);
  bits_ |= bit;
  if (method == "GET") bits_ |= bit_of("HEAD");
  return bit != 0;
}

bool MethodSet::allows(std::string_view method) const {
  return (bits_ & bit_of(method)) != 0;
}

std::string MethodSet::allow_header() const {
  std::string text;
  for (const std::string_view method : kKnown) {
    if (!allows(method)) continue;
    if (!text.empty()) text += ", ";
    text += method;
  }
  return text;
}

}  // namespace backplane::host
