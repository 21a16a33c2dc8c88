#include "host/plugin/handler_error.hpp"

#include <utility>

namespace backplane::host {
namespace {

// An exception's text may hold paths, addresses or secrets: it is for the log, unless whoever runs
// the host asks for it.
Error internal(const HandlerIdentity& handler, std::string_view message) {
  std::string detail = "handler '" + handler.name + "' failed";
  if (handler.debug_errors && !message.empty()) detail.append(": ").append(message);
  return {ErrorCode::kInternal, "handler_error", std::move(detail)};
}

}  // namespace

Error handler_error(const HandlerIdentity& handler, bp_status status, std::string_view message) {
  const auto detail = [&](std::string_view otherwise) {
    return message.empty() ? "handler '" + handler.name + "' " + std::string(otherwise)
                           : std::string(message);
  };
  switch (status) {
    case BP_INVALID:
      return {ErrorCode::kMalformed, "invalid_request", detail("does not accept the request")};
    case BP_NOT_FOUND:
      return {ErrorCode::kNotFound, detail("has nothing under this name")};
    case BP_UNAVAILABLE:
      return {ErrorCode::kUnavailable, detail("cannot serve now")};
    case BP_DEADLINE:
      return {ErrorCode::kDeadlineExceeded, detail("did not answer in time")};
    case BP_CANCELLED:
      return {ErrorCode::kCancelled, detail("was cancelled")};
    case BP_INTERNAL:
      return internal(handler, message);
    case BP_UNSUPPORTED:
      return {ErrorCode::kUnsupported, detail("does not support the request")};
    case BP_EXHAUSTED:
      return {ErrorCode::kResourceExhausted, detail("has run out of a resource")};
    case BP_CONTRACT:
      return {ErrorCode::kInternal, handler.batch ? "batch_size_mismatch" : "handler_contract",
              detail("broke the plugin contract")};
    default:
      return {ErrorCode::kInternal, "handler_contract",
              "handler '" + handler.name + "' ended a request with the unknown status " +
                  std::to_string(status)};
  }
}

}  // namespace backplane::host
