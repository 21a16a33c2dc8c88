#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace backplane::host {

// How a handler failed a request, as a closed set for counting: backplane_handler_errors{code}.
// The names are the codes of the answers; kOther is an answer of 500 and above with another code.
enum class HandlerFault : std::uint8_t {
  kNone,
  kHandlerError,
  kHandlerContract,
  kBatchSizeMismatch,
  kBadHandlerResponse,
  kResponseTooLarge,
  kUnavailable,
  kDeadlineExceeded,
  kUnsupported,
  kOther,
};
inline constexpr std::array<std::string_view, 10> kHandlerFaultNames = {"none",
                                                                        "handler_error",
                                                                        "handler_contract",
                                                                        "batch_size_mismatch",
                                                                        "bad_handler_response",
                                                                        "response_too_large",
                                                                        "unavailable",
                                                                        "deadline_exceeded",
                                                                        "unsupported",
                                                                        "other"};

// The code of an answer by a handler that has come to an end because it was told to.
inline constexpr std::string_view kBackendRetired = "backend_retired";

// The fault behind an answer of `status` with the error code `code`: none below 500, which is the
// caller's fault or nobody's, and none of a handler that was told to stop. Pure.
HandlerFault handler_fault_of(unsigned status, std::string_view code);

}  // namespace backplane::host
