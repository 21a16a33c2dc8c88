#pragma once

#include <string>

#include "host/base/exit_code.hpp"
#include "host/base/result.hpp"
#include "host/json/json_document.hpp"
#include "host/message/http_response.hpp"

namespace backplane::host {

// A good answer of the admin listener. A plain value.
struct AdminAnswer {
  std::string body;  // as it came
  JsonDocument document;
  bool accepted = false;  // it is an operation that still runs

  JsonValue root() const { return document.root(); }
};

// [any] What `response` says: the document, or the error that its problem+json names, whose code
// is that of its status. Pure. kInternal "bad_answer": it is no JSON.
Result<AdminAnswer> read_answer(HttpResponse response);

// [any] The error that `object`, a problem or what an operation failed with, describes, and whose
// code is that of the HTTP `status`. Pure.
Error described_error(unsigned status, const JsonValue& object);

// [any] How a command that failed with `error` ends. Pure.
ExitCode exit_code_of(const Error& error);

// [any] The line that says `error`: "backplane: DETAIL (CODE, at POINTER, while STAGE)", and what
// to do where the host cannot know. Pure.
std::string line_of(const Error& error);

}  // namespace backplane::host
