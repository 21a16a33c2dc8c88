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

// By ErrorCode, in its order.
constexpr std::array<unsigned, static_cast<std::size_t>(kLastErrorCode) + 1> kStatuses{
    400,  // kMalformed
    401,  // kUnauthenticated
    403,  // kForbidden
    404,  // kNotFound
    405,  // kMethodNotAllowed
    408,  // kRequestTimeout
    409,  // kConflict
    412,  // kStale
    413,  // kPayloadTooLarge
    414,  // kUriTooLong
    415,  // kUnsupportedMediaType
    417,  // kExpectationFailed
    421,  // kMisdirected
    422,  // kInvalidArgument
    429,  // kResourceExhausted
    431,  // kHeadersTooLarge
    499,  // kCancelled
    500,  // kInternal
    501,  // kUnsupported
    502,  // kBadHandlerResponse
    503,  // kUnavailable
    504,  // kDeadlineExceeded
    505,  // kVersionNotSupported
    507,  // kInsufficientStorage
};

}  // namespace

unsigned http_status_of(ErrorCode code) {
  return kStatuses[static_cast<std::size_t>(code)];
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
  if (response.plain_errors) {
    response.body = error.message();
    return;
  }
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
