#pragma once

#include <string>
#include <string_view>

#include "host/base/random.hpp"

namespace backplane::host {

// What may come back in X-Request-Id and stand in logs: [A-Za-z0-9._-]{1,64}.
bool is_request_id(std::string_view text);
// Writes 16 hexadecimal digits drawn from `random` to `out`, whose memory is reused.
void make_request_id(Random& random, std::string& out);

}  // namespace backplane::host
