#include "host/admin/admin_router.hpp"

#include <memory>
#include <optional>
#include <utility>

#include "host/admin/audit_trail.hpp"
#include "host/json/json_reader.hpp"
#include "host/message/error_response.hpp"

namespace backplane::host {
namespace {

// RFC 9110 13.1.1; "*" fits any revision.
Status check_if_match(const HttpRequest& request, std::uint64_t revision) {
  const std::string_view* wanted = request.find_header("If-Match");
  if (wanted == nullptr || *wanted == "*") return {};
  const std::string current = '"' + std::to_string(revision) + '"';
  if (*wanted == current) return {};
  return Error(ErrorCode::kStale, "If-Match is '" + std::string(wanted->substr(0, 100)) +
                                      "'; the current revision is " + current);
}

void run(AdminContext& context, const AdminCallPtr& call, AdminAction action) {
  context.controller.post([&context, action, call] {
    if (AuditTrail* trail = call->trail()) {
      const std::uint64_t revision = context.controller.revision();
      trail->note_revision(revision);
      Status fresh = check_if_match(call->request(), revision);
      if (!fresh.ok()) return call->fail(fresh.error());
    }
    action(context, call);
  });
}

}  // namespace

void AdminRouter::handle(Exchange& exchange) {
  PendingRequest pending(exchange);
  std::optional<AdminCaller> caller;
  auto match = admit(exchange, caller);
  if (!match.ok()) return refuse(std::move(pending), caller, match.error());
  std::optional<JsonDocument> body;
  if (match.value().takes_body) {
    auto document = parse_json(exchange.request.body);
    if (!document.ok()) return refuse(std::move(pending), caller, document.error());
    Status fits =
        api_.check_body(exchange.request.method, match.value().path, document.value().root());
    if (!fits.ok()) return refuse(std::move(pending), caller, fits.error());
    body = std::move(document).value();
  }
  const bool mutates = is_mutation(exchange.request);
  auto call =
      std::make_shared<AdminCall>(std::move(pending), *caller, std::move(match.value().name),
                                  match.value().query, std::move(body));
  const AdminAction action = match.value().action;
  if (!mutates) return run(context_, call, action);
  call->record_in(AuditTrail(context_.audit, attempt_of(exchange, *caller)));
  call->trail()->begin([&context = context_, call, action](const Status& written) {
    if (written.ok()) return run(context, call, action);
    call->fail(written.error());
  });
}

void AdminRouter::refuse(PendingRequest pending, const std::optional<AdminCaller>& caller,
                         const Error& error) {
  const Exchange& exchange = pending.exchange();
  // Who fails too often is counted; a line for each failure is what it may be after.
  const bool is_recorded =
      is_mutation(exchange.request) && error.code() != ErrorCode::kResourceExhausted;
  if (!is_recorded) return std::move(pending).fail(error);
  AuditRecord record = refusal_of(exchange, caller, error);
  auto owed = std::make_shared<PendingRequest>(std::move(pending));
  context_.audit.write(std::move(record), [owed, error](const Status&) {
    // Refused it is, recorded or not.
    std::move(*owed).fail(error);
  });
}

EarlyVerdict AdminRouter::refuse_early(Exchange& exchange) {
  std::optional<AdminCaller> caller;
  const auto match = admit(exchange, caller);
  if (match.ok()) return EarlyVerdict::kReadBody;
  refuse(PendingRequest(exchange), caller, match.error());
  return EarlyVerdict::kTaken;
}

// Only readers of events are answered in pieces.
void AdminRouter::resume(Exchange& exchange) {
  context_.controller.post([&events = context_.events, &exchange] { events.resume(exchange); });
}

Result<AdminMatch> AdminRouter::admit(Exchange& exchange, std::optional<AdminCaller>& caller) {
  const PeerAddress peer = exchange.peer == nullptr ? PeerAddress() : *exchange.peer;
  auto known = gate_.check(exchange.request, peer, Clock::now(), wall_now());
  if (!known.ok()) {
    if (known.error().code() == ErrorCode::kResourceExhausted) {
      exchange.response.headers.add("Retry-After",
                                    std::to_string(FailureLimiter::kLongestWait.count()));
    }
    return std::move(known).error();
  }
  caller = std::move(known).value();
  std::string allow;
  auto match = match_admin_call(exchange.request, *caller, allow);
  if (match.ok()) return match;
  const ErrorCode code = match.error().code();
  if (code == ErrorCode::kMethodNotAllowed) exchange.response.headers.add("Allow", allow);
  if (code == ErrorCode::kForbidden) gate_.note_denied();
  return match;
}

}  // namespace backplane::host
