#include "host/base/error.hpp"

namespace backplane::host {

std::string_view reason_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::kMalformed:
      return "bad_request";
    case ErrorCode::kUnauthenticated:
      return "unauthenticated";
    case ErrorCode::kForbidden:
      return "forbidden";
    case ErrorCode::kNotFound:
      return "not_found";
    case ErrorCode::kMethodNotAllowed:
      return "method_not_allowed";
    case ErrorCode::kRequestTimeout:
      return "request_timeout";
    case ErrorCode::kConflict:
      return "conflict";
    case ErrorCode::kStale:
      return "stale_revision";
    case ErrorCode::kPayloadTooLarge:
      return "payload_too_large";
    case ErrorCode::kUriTooLong:
      return "uri_too_long";
    case ErrorCode::kUnsupportedMediaType:
      return "unsupported_media_type";
    case ErrorCode::kExpectationFailed:
      return "expectation_failed";
    case ErrorCode::kMisdirected:
      return "misdirected";
    case ErrorCode::kInvalidArgument:
      return "invalid_argument";
    case ErrorCode::kResourceExhausted:
      return "resource_exhausted";
    case ErrorCode::kHeadersTooLarge:
      return "headers_too_large";
    case ErrorCode::kCancelled:
      return "cancelled";
    case ErrorCode::kInternal:
      return "internal";
    case ErrorCode::kUnsupported:
      return "unsupported";
    case ErrorCode::kBadHandlerResponse:
      return "bad_handler_response";
    case ErrorCode::kUnavailable:
      return "unavailable";
    case ErrorCode::kDeadlineExceeded:
      return "deadline_exceeded";
    case ErrorCode::kVersionNotSupported:
      return "version_not_supported";
    case ErrorCode::kInsufficientStorage:
      return "insufficient_storage";
  }
  return "internal";
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
