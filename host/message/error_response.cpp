#include "host/message/error_response.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "host/json/json_writer.hpp"

namespace backplane::host {
namespace {

struct Phrase {
  unsigned status;
  std::string_view text;
};

constexpr std::array kPhrases{
    Phrase{200, "OK"},
    Phrase{201, "Created"},
    Phrase{202, "Accepted"},
    Phrase{204, "No Content"},
    Phrase{301, "Moved Permanently"},
    Phrase{302, "Found"},
    Phrase{303, "See Other"},
    Phrase{304, "Not Modified"},
    Phrase{307, "Temporary Redirect"},
    Phrase{308, "Permanent Redirect"},
    Phrase{400, "Bad Request"},
    Phrase{401, "Unauthorized"},
    Phrase{403, "Forbidden"},
    Phrase{404, "Not Found"},
    Phrase{405, "Method Not Allowed"},
    Phrase{406, "Not Acceptable"},
    Phrase{408, "Request Timeout"},
    Phrase{409, "Conflict"},
    Phrase{410, "Gone"},
    Phrase{412, "Precondition Failed"},
    Phrase{413, "Content Too Large"},
    Phrase{414, "URI Too Long"},
    Phrase{415, "Unsupported Media Type"},
    Phrase{417, "Expectation Failed"},
    Phrase{421, "Misdirected Request"},
    Phrase{422, "Unprocessable Content"},
    Phrase{428, "Precondition Required"},
    Phrase{429, "Too Many Requests"},
    Phrase{431, "Request Header Fields Too Large"},
    Phrase{499, "Client Closed Request"},
    Phrase{500, "Internal Server Error"},
    Phrase{501, "Not Implemented"},
    Phrase{502, "Bad Gateway"},
    Phrase{503, "Service Unavailable"},
    Phrase{504, "Gateway Timeout"},
    Phrase{505, "HTTP Version Not Supported"},
    Phrase{507, "Insufficient Storage"},
};

}  // namespace

unsigned http_status_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::kMalformed:
      return 400;
    case ErrorCode::kUnauthenticated:
      return 401;
    case ErrorCode::kForbidden:
      return 403;
    case ErrorCode::kNotFound:
      return 404;
    case ErrorCode::kMethodNotAllowed:
      return 405;
    case ErrorCode::kRequestTimeout:
      return 408;
    case ErrorCode::kConflict:
      return 409;
    case ErrorCode::kStale:
      return 412;
    case ErrorCode::kPayloadTooLarge:
      return 413;
    case ErrorCode::kUriTooLong:
      return 414;
    case ErrorCode::kUnsupportedMediaType:
      return 415;
    case ErrorCode::kExpectationFailed:
      return 417;
    case ErrorCode::kMisdirected:
      return 421;
    case ErrorCode::kInvalidArgument:
      return 422;
    case ErrorCode::kResourceExhausted:
      return 429;
    case ErrorCode::kHeadersTooLarge:
      return 431;
    case ErrorCode::kCancelled:
      return 499;
    case ErrorCode::kInternal:
      return 500;
    case ErrorCode::kUnsupported:
      return 501;
    case ErrorCode::kBadHandlerResponse:
      return 502;
    case ErrorCode::kUnavailable:
      return 503;
    case ErrorCode::kDeadlineExceeded:
      return 504;
    case ErrorCode::kVersionNotSupported:
      return 505;
    case ErrorCode::kInsufficientStorage:
      return 507;
  }
  return 500;
}

ErrorCode error_code_of(unsigned http_status) {
  constexpr auto kLast = static_cast<unsigned>(kLastErrorCode);
  for (unsigned number = 0; number <= kLast; ++number) {
    const auto code = static_cast<ErrorCode>(number);
    if (http_status_of(code) == http_status) return code;
  }
  return http_status < 500 ? ErrorCode::kInvalidArgument : ErrorCode::kInternal;
}

std::string_view reason_phrase(unsigned status) {
  const auto* const found =
      std::find_if(kPhrases.begin(), kPhrases.end(),
                   [status](const Phrase& phrase) { return phrase.status == status; });
  return found == kPhrases.end() ? "Unknown" : found->text;
}

void fill_error_response(const Error& error, std::string_view request_id, HttpResponse& response) {
  const unsigned status = http_status_of(error.code());
  response.status = status;
  response.body.clear();
  JsonWriter json(response.body);
  json.begin_object()
      .member("type", "urn:backplane:error:" + std::string(error.reason()))
      .member("title", reason_phrase(status))
      .member("status", std::uint64_t{status})
      .member("code", error.reason())
      .member("detail", error.message());
  if (!error.pointer().empty()) json.member("pointer", error.pointer());
  for (const auto& [name, value] : error.members()) json.key(name).raw(value);
  if (!request_id.empty()) json.member("request_id", request_id);
  json.end_object();
  response.headers.add("Content-Type", "application/problem+json");
  response.headers.add("X-Content-Type-Options", "nosniff");
  if (error.code() == ErrorCode::kUnauthenticated) {
    response.headers.add("WWW-Authenticate", "Bearer realm=\"backplane\"");
  }
}

}  // namespace backplane::host
