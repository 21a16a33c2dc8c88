#include "host/cli/admin_answer.hpp"

#include <utility>

#include "host/cli/json_fields.hpp"
#include "host/cli/text_table.hpp"
#include "host/json/json_reader.hpp"
#include "host/message/error_response.hpp"

namespace backplane::host {
namespace {

// A host with thousands of endpoints has long answers, and nobody sends others here.
constexpr JsonLimits kLimits{
    .max_bytes = std::size_t{256} * 1024 * 1024, .max_depth = 64, .max_tokens = 50'000'000};

Error refusal_of(const HttpResponse& response) {
  const ErrorCode code = error_code_of(response.status);
  const auto problem = parse_json(response.body, kLimits);
  const std::string detail = problem.ok() ? text_at(problem.value().root(), "detail") : "";
  if (detail.empty()) {
    return {code, "the host answered " + std::to_string(response.status) + " " +
                      std::string(reason_phrase(response.status)) + " without a reason"};
  }
  return described_error(response.status, problem.value().root());
}

// The member that says at which stage of a reload it failed; empty when none does.
std::string stage_of(const Error& error) {
  for (const auto& [name, value] : error.members()) {
    if (name != "stage") continue;
    const auto text = parse_json(value);
    if (text.ok()) return text_of(text.value().root());
  }
  return {};
}

std::string_view hint_for(const Error& error) {
  if (error.reason() == "host_unreachable") {
    return "; --admin or BACKPLANE_ADMIN says where it is";
  }
  if (error.reason() == "certificate_refused") {
    return "; --tls-ca or BACKPLANE_TLS_CA names the file with those who vouch for it";
  }
  if (error.code() == ErrorCode::kUnauthenticated) {
    return "; --token-file or BACKPLANE_TOKEN_FILE names the file that holds it";
  }
  return "";
}

}  // namespace

Result<AdminAnswer> read_answer(HttpResponse response) {
  // Not ready is an answer as well, but only a problem has a reason.
  if (response.status >= 300) return refusal_of(response);
  auto document = parse_json(response.body, kLimits);
  if (!document.ok()) {
    return Error(ErrorCode::kInternal, "bad_answer",
                 "what answers there is no admin listener: " + document.error().message());
  }
  return AdminAnswer{.body = std::move(response.body),
                     .document = std::move(document).value(),
                     .accepted = response.status == 202};
}

Error described_error(unsigned status, const JsonValue& object) {
  Error error = Error(error_code_of(status), text_at(object, "code"), text_at(object, "detail"))
                    .with_pointer(text_at(object, "pointer"));
  const auto stage = object.find("stage");
  if (!stage) return error;
  return std::move(error).with_member("stage", std::string(stage->source()));
}

ExitCode exit_code_of(const Error& error) {
  if (error.reason() == "host_unreachable" || error.reason() == "certificate_refused") {
    return ExitCode::kUnreachable;
  }
  if (error.reason() == "bad_option") return ExitCode::kUsage;
  if (error.reason() == "bad_document") return ExitCode::kBadConfig;
  switch (error.code()) {
    case ErrorCode::kUnauthenticated:
    case ErrorCode::kForbidden:
      return ExitCode::kNoPermission;
    case ErrorCode::kConflict:
    case ErrorCode::kStale:
    case ErrorCode::kResourceExhausted:
    case ErrorCode::kUnavailable:
    case ErrorCode::kDeadlineExceeded:
      return ExitCode::kTryAgain;
    default:
      return ExitCode::kFailed;
  }
}

std::string line_of(const Error& error) {
  std::string line = "backplane: " + printable(error.message()) + std::string(hint_for(error));
  // What the command itself found says it all in its words.
  const ExitCode code = exit_code_of(error);
  if (code == ExitCode::kUsage || code == ExitCode::kBadConfig || code == ExitCode::kUnreachable) {
    return line + "\n";
  }
  line += " (" + printable(error.reason());
  if (!error.pointer().empty()) line += ", at " + printable(error.pointer());
  const std::string stage = stage_of(error);
  if (!stage.empty()) line += ", while " + printable(stage);
  return line + ")\n";
}

}  // namespace backplane::host
