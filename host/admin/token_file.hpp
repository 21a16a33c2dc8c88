#pragma once

#include <filesystem>
#include <string_view>

#include "host/base/result.hpp"
#include "host/config/admin_token.hpp"

namespace backplane::host {

// Whom changes are put down to that are made with the token of the file; no configured token may
// have a label with a dot.
inline constexpr std::string_view kFileTokenLabel = "admin.token";

// [control] How to know the token in `file`, which has the role deploy. Makes one of 256 random
// bits, with mode 0600, where there is none. kUnavailable when the file cannot be read or written,
// or others may read it. A crash leaves the whole file or none.
Result<AdminToken> load_or_create_token(const std::filesystem::path& file);

}  // namespace backplane::host
