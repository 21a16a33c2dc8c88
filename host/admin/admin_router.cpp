#include "host/admin/admin_router.hpp"

#include <memory>
#include <optional>
#include <utility>

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

}  // namespace

void AdminRouter::handle(Exchange& exchange) {
  PendingRequest pending(exchange);
  std::optional<AdminCaller> caller;
  auto match = admit(exchange, caller);
  if (!match.ok()) return std::move(pending).fail(match.error());
  std::optional<JsonDocument> body;
  if (match.value().takes_body) {
    auto document = parse_json(exchange.request.body);
    if (!document.ok()) return std::move(pending).fail(document.error());
    Status fits =
        api_.check_body(exchange.request.method, match.value().path, document.value().root());
    if (!fits.ok()) return std::move(pending).fail(fits.error());
    body = std::move(document).value();
  }
  auto call = std::make_shared<AdminCall>(std::move(pending), *std::move(caller),
                                          std::move(match.value().name), std::move(body));
  context_.controller.post([&context = context_, action = match.value().action, call] {
    const bool reads = call->request().method == "GET" || call->request().is_head();
    if (!reads) {
      Status fresh = check_if_match(call->request(), context.controller.revision());
      if (!fresh.ok()) return call->fail(fresh.error());
    }
    action(context, call);
  });
}

EarlyVerdict AdminRouter::refuse_early(Exchange& exchange) {
  std::optional<AdminCaller> caller;
  const auto match = admit(exchange, caller);
  if (match.ok()) return EarlyVerdict::kReadBody;
  fill_error_response(match.error(), exchange.request.request_id.view(), exchange.response);
  return EarlyVerdict::kRefused;
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
