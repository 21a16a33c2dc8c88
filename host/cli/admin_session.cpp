#include "host/cli/admin_session.hpp"

#include <algorithm>
#include <ostream>
#include <utility>

#include "host/base/clock.hpp"
#include "host/cli/http_client.hpp"
#include "host/cli/interruption.hpp"
#include "host/cli/operations_view.hpp"

namespace backplane::host {
namespace {

// What ends sooner needs no progress to be shown.
constexpr std::chrono::milliseconds kSoon{300};
constexpr std::chrono::milliseconds kBetweenLooks{200};
// The longest that the host waits with its answer to a change.
constexpr std::chrono::milliseconds kLongestWait{600'000};
// How long the answer itself may take once the host has stopped waiting.
constexpr std::chrono::milliseconds kAnswerTime{10'000};

constexpr std::string_view kClearLine = "\r\033[K";

Error still_running(const JsonValue& operation) {
  const std::string id = operation_id(operation);
  return {ErrorCode::kConflict, "still_running",
          "operation " + id + " still runs; 'backplane operations " + id +
              "' says how far it is, and with --abort ends it"};
}

}  // namespace

AdminSession::AdminSession(AdminOptions options, std::ostream& out, std::ostream& err)
    : options_(std::move(options)),
      out_(out),
      err_(err),
      send_([client = HttpClient(options_.admin, options_.authorities)](const HttpCall& call) {
        return client.ask(call);
      }),
      pause_(pause_unless_interrupted) {}

Result<AdminAnswer> AdminSession::ask(HttpCall call) {
  if (options_.timeout) call.timeout = *options_.timeout;
  return send(std::move(call));
}

Result<AdminAnswer> AdminSession::carry_out(HttpCall call) {
  const std::chrono::milliseconds patience =
      std::min(options_.timeout.value_or(call.timeout), kLongestWait);
  const std::chrono::milliseconds wait =
      options_.shows_progress ? std::min(kSoon, patience) : patience;
  call.timeout = wait + kAnswerTime;
  auto answer = send(with_query(std::move(call), "wait_ms=" + std::to_string(wait.count())));
  if (!answer.ok() || !answer.value().accepted) return answer;
  if (!options_.shows_progress) return still_running(answer.value().root());
  return watch(std::move(answer).value(), patience);
}

ExitCode AdminSession::fail(const Error& error) {
  err_ << line_of(error);
  return exit_code_of(error);
}

HttpCall AdminSession::prepared(HttpCall call) const {
  if (options_.token) call.headers.add("Authorization", "Bearer " + *options_.token);
  if (!call.body.empty()) call.headers.add("Content-Type", "application/json");
  return call;
}

Result<AdminAnswer> AdminSession::send(HttpCall call) {
  auto response = send_(prepared(std::move(call)));
  if (!response.ok()) return std::move(response).error();
  const std::string refused = response.value().status >= 300 ? response.value().body : "";
  if (options_.json && !refused.empty()) {
    out_ << refused << (refused.ends_with('\n') ? "" : "\n");
  }
  return read_answer(std::move(response).value());
}

Result<AdminAnswer> AdminSession::watch(AdminAnswer accepted, std::chrono::milliseconds patience) {
  const TimePoint began = Clock::now();
  const HttpCall look{.target = "/v1/operations/" + operation_id(accepted.root())};
  Result<AdminAnswer> answer = std::move(accepted);
  // Whoever sees the first line may press Ctrl-C: from before it on, that ends the wait and nothing
  // else.
  bool waits = pause_(std::chrono::milliseconds(0));
  while (answer.ok() && is_running(answer.value().root())) {
    const auto elapsed = std::chrono::duration_cast<std::chrono::seconds>(Clock::now() - began);
    err_ << kClearLine << progress_line(answer.value().root(), elapsed) << std::flush;
    waits = waits && elapsed <= patience && pause_(kBetweenLooks);
    if (!waits) {
      answer = still_running(answer.value().root());
    } else {
      answer = ask(look);
    }
  }
  err_ << kClearLine << std::flush;
  if (!answer.ok()) return answer;
  Status ended = operation_outcome(answer.value().root());
  if (!ended.ok()) return std::move(ended).error();
  return answer;
}

}  // namespace backplane::host
