#include "host/base/error.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace backplane::host {

namespace {

struct Word {
  ErrorCode code;
  std::string_view word;
};

constexpr std::array<Word, static_cast<std::size_t>(kLastErrorCode) + 1> kWords{{
    {ErrorCode::kMalformed, "bad_request"},
    {ErrorCode::kUnauthenticated, "unauthenticated"},
    {ErrorCode::kForbidden, "forbidden"},
    {ErrorCode::kNotFound, "not_found"},
    {ErrorCode::kMethodNotAllowed, "method_not_allowed"},
    {ErrorCode::kRequestTimeout, "request_timeout"},
    {ErrorCode::kConflict, "conflict"},
    {ErrorCode::kStale, "stale_revision"},
    {ErrorCode::kPayloadTooLarge, "payload_too_large"},
    {ErrorCode::kUriTooLong, "uri_too_long"},
    {ErrorCode::kUnsupportedMediaType, "unsupported_media_type"},
    {ErrorCode::kExpectationFailed, "expectation_failed"},
    {ErrorCode::kMisdirected, "misdirected"},
    {ErrorCode::kInvalidArgument, "invalid_argument"},
    {ErrorCode::kResourceExhausted, "resource_exhausted"},
    {ErrorCode::kHeadersTooLarge, "headers_too_large"},
    {ErrorCode::kCancelled, "cancelled"},
    {ErrorCode::kInternal, "internal"},
    {ErrorCode::kUnsupported, "unsupported"},
    {ErrorCode::kBadHandlerResponse, "bad_handler_response"},
    {ErrorCode::kUnavailable, "unavailable"},
    {ErrorCode::kDeadlineExceeded, "deadline_exceeded"},
    {ErrorCode::kVersionNotSupported, "version_not_supported"},
    {ErrorCode::kInsufficientStorage, "insufficient_storage"},
}};

}  // namespace

std::string_view reason_of(ErrorCode code) {
  const auto found = std::ranges::find(kWords, code, &Word::code);
  return found == kWords.end() ? "internal" : found->word;
}

Error Error::with_context(std::string_view context) && {
  message_.insert(0, ": ");
  message_.insert(0, context);
  return std::move(*this);
}

Error Error::with_pointer(std::string pointer) && {
  pointer_ = std::move(pointer);
  return std::move(*this);
}

Error Error::with_reason(std::string reason) && {
  reason_ = std::move(reason);
  return std::move(*this);
}

Error Error::with_code(ErrorCode code) && {
  reason_ = std::string(reason());
  code_ = code;
  return std::move(*this);
}

Error Error::with_member(std::string name, std::string json) && {
  members_.emplace_back(std::move(name), std::move(json));
  return std::move(*this);
}

}  // namespace backplane::host
