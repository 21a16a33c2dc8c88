#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace backplane::host {

// The HTTP methods an endpoint answers. A plain value. GET brings HEAD with it (RFC 9110 9.3.2).
class MethodSet {
 public:
  // The methods that may be named, in the order in which Allow lists them.
  static constexpr std::array<std::string_view, 7> kKnown{"GET",   "HEAD",   "POST",   "PUT",
                                                          "PATCH", "DELETE", "OPTIONS"};

  // False when `method` is not a known one.
  bool add(std::string_view method);
  bool allows(std::string_view method) const;
  // "GET, HEAD, POST": the value of the Allow field.
  std::string allow_header() const;

 private:
  std::uint32_t bits_ = 0;
};

}  // namespace backplane::host
