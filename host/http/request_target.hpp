#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "host/http/refusal.hpp"

namespace backplane::host {

// A request target taken apart (RFC 9112 3.2): views into the target. A plain value.
struct RequestTarget {
  std::string_view path;   // as sent; "*" for the asterisk-form, "/" for an absolute-form without
  std::string_view query;  // without the '?'
  std::string_view authority;  // of the absolute-form; it wins over Host. Empty otherwise.
};

// origin-form for every method, absolute-form with http or https, asterisk-form for OPTIONS
// alone. Anything else is 400 bad_target. Pure.
std::variant<RequestTarget, Refusal> parse_target(std::string_view method, std::string_view target);

// The path that routes are compared with: escapes decoded except %2F, so that no segment can
// turn into two. 400 bad_target for an invalid escape, a decoded control byte, and a dot segment
// however it is written: nobody behind us may find a path we did not route. The result is `path`
// itself where there is nothing to decode, else it stands in `scratch`. Pure.
std::variant<std::string_view, Refusal> route_path_of(std::string_view path, std::string& scratch);

}  // namespace backplane::host
