#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace backplane::host {

// What went wrong, told apart by what the *caller* can do about it. Only
// `message/error_response.cpp` knows which HTTP status each becomes.
enum class ErrorCode : std::uint8_t {
  kMalformed,             // not well-formed: cannot be read at all
  kUnauthenticated,       // who are you?
  kForbidden,             // you may not
  kNotFound,              // it names something that does not exist in its path
  kMethodNotAllowed,      // the thing exists, the verb does not fit it
  kRequestTimeout,        // the client was too slow in sending
  kConflict,              // it conflicts with the present state
  kStale,                 // the state has moved on since it was read
  kPayloadTooLarge,       // the body is over its limit
  kUriTooLong,            // the request target is over its limit
  kUnsupportedMediaType,  // the body's type is not one we read
  kExpectationFailed,     // an `Expect` other than 100-continue
  kMisdirected,           // a host name that is not ours
  kInvalidArgument,       // well-formed, and not acceptable
  kResourceExhausted,     // a bounded queue or budget of this backend is full; try later
  kHeadersTooLarge,       // the header section is over its limits
  kCancelled,             // nobody waits for the answer any more
  kInternal,              // our bug, or the handler's
  kUnsupported,           // not implemented here
  kBadHandlerResponse,    // the handler answered something that may not be sent on, or does not do
  kUnavailable,           // nothing can serve this now; nobody's fault
  kDeadlineExceeded,      // too late
  kVersionNotSupported,   // not HTTP/1.0 or HTTP/1.1
  kInsufficientStorage,   // the disk has no room for it
};

inline constexpr ErrorCode kLastErrorCode = ErrorCode::kInsufficientStorage;

// The word for `code` that stands in an error body when the error names no reason of its own.
std::string_view reason_of(ErrorCode code);

// One expected failure: a code for programs, a reason word for clients and words for people.
// A plain value. Messages: lower case, no full stop, the thing in quotes, found and wanted.
class Error {
 public:
  Error(ErrorCode code, std::string message) : code_(code), message_(std::move(message)) {}
  Error(ErrorCode code, std::string reason, std::string message)
      : code_(code), reason_(std::move(reason)), message_(std::move(message)) {}

  ErrorCode code() const { return code_; }
  // snake_case, stable: the `code` of the error body.
  std::string_view reason() const { return reason_.empty() ? reason_of(code_) : reason_; }
  const std::string& message() const { return message_; }
  // JSON pointer (RFC 6901) of the place in the request's body; empty when there is none.
  const std::string& pointer() const { return pointer_; }

  // Puts `context` in front of the message; used once at each border it crosses.
  Error with_context(std::string_view context) &&;
  Error with_pointer(std::string pointer) &&;
  Error with_reason(std::string reason) &&;
  Error with_code(ErrorCode code) &&;
  // One more member of the error body, such as "stage"; `json` is its value.
  Error with_member(std::string name, std::string json) &&;
  const std::vector<std::pair<std::string, std::string>>& members() const { return members_; }

 private:
  ErrorCode code_;
  std::string reason_;
  std::string message_;
  std::string pointer_;
  std::vector<std::pair<std::string, std::string>> members_;
};

}  // namespace backplane::host
