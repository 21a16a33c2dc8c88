#include "host/admin/admin_call.hpp"

#include <memory>
#include <string>
#include <utility>

#include "host/message/error_response.hpp"

namespace backplane::host {
namespace {

// What has been done stays done: the intent is in the log, and a restart would find no less.
Error unrecorded(std::uint64_t revision) {
  return Error(
      ErrorCode::kUnavailable, "audit_failed",
      "what this call came to cannot be written to the audit log; the state is at revision " +
          std::to_string(revision));
}

}  // namespace

void AdminCall::reply(unsigned status, std::uint64_t revision,
                      const std::function<void(JsonWriter&)>& write) {
  set_answered();
  HttpResponse& response = pending_.exchange().response;
  response.status = status;
  response.headers.add("Content-Type", "application/json");
  response.headers.add("Cache-Control", "no-store");
  response.headers.add("ETag", '"' + std::to_string(revision) + '"');
  JsonWriter json(response.body);
  json.begin_object();
  write(json);
  json.end_object();
  response.body += '\n';
  finish({}, revision);
}

void AdminCall::reply_text(std::string_view media_type, std::string text) {
  set_answered();
  HttpResponse& response = pending_.exchange().response;
  response.status = 200;
  response.headers.add("Content-Type", media_type);
  response.headers.add("Cache-Control", "no-store");
  response.body = std::move(text);
  finish({}, std::nullopt);
}

void AdminCall::fail(const Error& error) {
  set_answered();
  Exchange& exchange = pending_.exchange();
  fill_error_response(error, exchange.request.request_id.view(), exchange.response);
  // Whatever it is passes, or the next host is up by then.
  if (error.code() == ErrorCode::kUnavailable) exchange.response.headers.add("Retry-After", "1");
  finish(error.reason(), std::nullopt);
}

void AdminCall::note_end(unsigned status, const Result<std::uint64_t>& revision) const {
  if (!trail_) return;
  // Nobody waits for this line; that the log cannot be written is told by whoever comes next.
  const auto nobody = [](const Status&) {};
  if (revision.ok()) return trail_->end(status, {}, revision.value(), nobody);
  const Error& error = revision.error();
  trail_->end(http_status_of(error.code()), error.reason(), std::nullopt, nobody);
}

void AdminCall::set_answered() {
  answered_ = true;
  if (when_answered_) std::exchange(when_answered_, nullptr)();
}

void AdminCall::finish(std::string_view code, std::optional<std::uint64_t> revision) {
  if (!trail_) return std::move(pending_).complete();
  const unsigned status = pending_.exchange().response.status;
  // Shared because a function that is passed on must be one that can be copied.
  auto owed = std::make_shared<PendingRequest>(std::move(pending_));
  trail_->end(status, code, revision, [owed, revision](const Status& written) {
    if (written.ok()) return std::move(*owed).complete();
    owed->exchange().response.clear();
    std::move(*owed).fail(revision ? unrecorded(*revision) : written.error());
  });
}

}  // namespace backplane::host
