#pragma once

#include <string_view>

#include "host/config/admin_token.hpp"

namespace backplane::host {

// [any] SHA-256 of the characters of `salt` and then of `token`.
TokenDigest token_digest(std::string_view salt, std::string_view token);

// [any] Takes the same time wherever the two differ.
bool same_digest(const TokenDigest& one, const TokenDigest& other);

}  // namespace backplane::host
