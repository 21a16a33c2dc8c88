#include "host/admin/audit_trail.hpp"

#include <span>
#include <string>
#include <utility>

#include "host/message/error_response.hpp"
#include "host/plugin/sha256.hpp"

namespace backplane::host {
namespace {

AuditRecord named(const Exchange& exchange) {
  AuditRecord record;
  record.request_id = exchange.request.request_id.view();
  record.peer = exchange.peer == nullptr ? PeerAddress().text() : exchange.peer->text();
  record.action = exchange.request.method;
  record.object = exchange.request.path;
  return record;
}

}  // namespace

bool is_mutation(const HttpRequest& request) {
  const std::string_view method = request.method;
  return method == "PUT" || method == "POST" || method == "PATCH" || method == "DELETE";
}

AuditRecord attempt_of(const Exchange& exchange, const AdminCaller& caller) {
  const HttpRequest& request = exchange.request;
  AuditRecord record = named(exchange);
  record.token = caller.label;
  record.role = caller.role;
  record.query = request.query;
  if (request.body.empty()) return record;
  Sha256 digest;
  digest.update(std::as_bytes(std::span(request.body)));
  record.body_sha256 = digest.finish();
  return record;
}

AuditRecord refusal_of(const Exchange& exchange, const std::optional<AdminCaller>& caller,
                       const Error& error) {
  AuditRecord record = named(exchange);
  record.event = AuditEvent::kRefused;
  record.status = http_status_of(error.code());
  record.code = error.reason();
  if (caller) {
    record.token = caller->label;
    record.role = caller->role;
  }
  return record;
}

void AuditTrail::end(unsigned status, std::string_view code, std::optional<std::uint64_t> revision,
                     AuditLog::Written then) const {
  AuditRecord outcome = attempt_;
  outcome.event = AuditEvent::kOutcome;
  outcome.status = status;
  outcome.code = code;
  outcome.revision_after = revision;
  log_.write(std::move(outcome), std::move(then));
}

}  // namespace backplane::host
