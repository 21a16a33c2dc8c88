#pragma once

#include <functional>
#include <iosfwd>
#include <string>
#include <utility>

#include "host/cli/admin_answer.hpp"
#include "host/cli/admin_options.hpp"
#include "host/cli/http_call.hpp"

namespace backplane::host {

// What a command says to one admin listener and hears from it. Owned by the command; its thread.
class AdminSession {
 public:
  // Sends one call and waits for its answer.
  using Send = std::function<Result<HttpResponse>(const HttpCall&)>;
  // Waits so long; false: somebody at the keyboard does not want to.
  using Pause = std::function<bool(std::chrono::milliseconds)>;

  // Over the network.
  AdminSession(AdminOptions options, std::ostream& out, std::ostream& err);
  // Over what a test makes of it.
  AdminSession(AdminOptions options, std::ostream& out, std::ostream& err, Send send, Pause pause)
      : options_(std::move(options)),
        out_(out),
        err_(err),
        send_(std::move(send)),
        pause_(std::move(pause)) {}

  const AdminOptions& options() const { return options_; }
  std::ostream& out() { return out_; }
  std::ostream& err() { return err_; }

  // `call` with the token, and what else every call carries. Pure.
  HttpCall prepared(HttpCall call) const;

  // [main] One call and its answer. A refusal's body goes to out() where JSON is asked for.
  Result<AdminAnswer> ask(HttpCall call);
  // [main] The same for a change, which may take as long as its timeout: waits until it is done
  // and shows on a terminal how far it is. The answer is the call's, or its finished operation.
  // kConflict "still_running": the time is over, or somebody does not want to wait. What the
  // operation failed with, when it did.
  Result<AdminAnswer> carry_out(HttpCall call);

  // [main] Writes `error` to err(); how the command ends.
  ExitCode fail(const Error& error);

 private:
  Result<AdminAnswer> send(HttpCall call);
  // Asks for the operation again and again until it has ended.
  Result<AdminAnswer> watch(AdminAnswer accepted, std::chrono::milliseconds patience);

  AdminOptions options_;
  std::ostream& out_;
  std::ostream& err_;
  Send send_;
  Pause pause_;
};

}  // namespace backplane::host
