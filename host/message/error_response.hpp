#pragma once

#include <string_view>

#include "host/base/error.hpp"
#include "host/message/http_response.hpp"

namespace backplane::host {

// The HTTP status for `code`. This part alone knows it.
unsigned http_status_of(ErrorCode code);
// The code whose status `http_status` is, for whoever reads answers. What we do not send ourselves
// counts as the first of its class: kInvalidArgument below 500, kInternal from there.
ErrorCode error_code_of(unsigned http_status);
// The standard phrase for `status` (RFC 9110 15); "Unknown" for one we do not know.
std::string_view reason_phrase(unsigned status);

// Makes `response` the problem+json answer (RFC 9457) for `error`: type, title, status, code,
// detail, request_id, and pointer where the error has one. Replaces what the response held, but
// keeps header fields that were added before (Allow, Retry-After). With HttpResponse::plain_errors
// the body is the error's message.
void fill_error_response(const Error& error, std::string_view request_id, HttpResponse& response);

}  // namespace backplane::host
