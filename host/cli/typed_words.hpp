#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "host/base/result.hpp"
#include "host/base/status.hpp"

namespace backplane::host {

// What people type behind a command, judged before it goes into a path or a body. Every error has
// the reason "bad_option". Pure.

// An error of that reason.
Error bad_word(const std::string& message);

Status check_endpoint_word(std::string_view word);
Status check_backend_word(std::string_view word);
Status check_plugin_word(std::string_view word);

// A number without sign, not above `most`; `what` says in the message what it is.
Result<std::uint64_t> read_number(std::string_view what, std::string_view word, std::uint64_t most);

// A number, perhaps with a fraction.
Result<double> read_decimal(std::string_view what, std::string_view word);

// "a=0.7", "b=0.3" as the object {"a":0.7,"b":0.3}. Whether they sum to 1 is the host's to say.
Result<std::string> read_shares(std::span<const std::string> words);

}  // namespace backplane::host
