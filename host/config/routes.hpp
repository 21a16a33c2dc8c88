#pragma once

#include <string_view>

#include "host/base/status.hpp"

namespace backplane::host {

// [any] A route as RouteTable takes it: an absolute path of plain characters, in which a whole
// segment may be a parameter `{name}`, or the last one `*` for everything below. `/-/` is the
// host's own. kInvalidArgument "bad_route": what is wrong with it.
Status check_route(std::string_view route);

// [any] Whether no request could tell two routes apart: they are equal but for the names of their
// parameters. Both have passed check_route.
bool routes_clash(std::string_view a, std::string_view b);

}  // namespace backplane::host
