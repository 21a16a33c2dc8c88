#include "host/routing/method_set.hpp"

#include <algorithm>

namespace backplane::host {
namespace {

std::uint32_t bit_of(std::string_view method) {
  const auto& methods = MethodSet::known();
  const auto found = std::find(methods.begin(), methods.end(), method);
  return found == methods.end() ? 0U : 1U << static_cast<unsigned>(found - methods.begin());
}

}  // namespace

const std::vector<std::string_view>& MethodSet::known() {
  static const std::vector<std::string_view> methods{"GET",   "HEAD",   "POST",   "PUT",
                                                     "PATCH", "DELETE", "OPTIONS"};
  return methods;
}

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
  for (const std::string_view method : known()) {
    if (!allows(method)) continue;
    if (!text.empty()) text += ", ";
    text += method;
  }
  return text;
}

}  // namespace backplane::host
