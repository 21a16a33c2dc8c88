#include "host/cli/admin_command.hpp"

#include <limits>
#include <ostream>
#include <string>
#include <utility>

#include "host/cli/diff_view.hpp"
#include "host/cli/json_fields.hpp"
#include "host/cli/typed_words.hpp"

namespace backplane::host {
namespace {

constexpr const char* kDryRun = "dry_run=true";
constexpr std::uint64_t kLargestRevision = std::numeric_limits<std::int64_t>::max();

// RFC 9110 13.1.1: the change is made to this revision or not at all.
HttpCall at_revision(HttpCall call, const std::string& revision) {
  call.headers.add("If-Match", '"' + revision + '"');
  return call;
}

ExitCode print(AdminSession& session, const AdminAnswer& answer, const std::string& text) {
  session.out() << (session.options().json ? answer.body : text);
  return ExitCode::kOk;
}

ExitCode finish(AdminSession& session, const AdminCommand& command, const ParsedCommand& parsed,
                const Result<AdminAnswer>& answer) {
  if (!answer.ok()) return session.fail(answer.error());
  return print(session, answer.value(), command.render(parsed, answer.value().root()));
}

ExitCode try_out(AdminSession& session, HttpCall call) {
  const auto answer = session.ask(with_query(std::move(call), kDryRun));
  if (!answer.ok()) return session.fail(answer.error());
  return print(session, answer.value(), render_dry_run(answer.value().root()));
}

// Shows the difference before it makes it. Programs get it with the answer, and no second call.
ExitCode replace(AdminSession& session, const AdminCommand& command, const ParsedCommand& parsed,
                 HttpCall call) {
  if (session.options().json) {
    return finish(session, command, parsed, session.carry_out(std::move(call)));
  }
  const auto planned = session.ask(with_query(call, kDryRun));
  if (!planned.ok()) return session.fail(planned.error());
  const JsonValue plan = planned.value().root();
  session.out() << render_dry_run(plan) << std::flush;
  if (!is_true_at(plan, "changed")) return ExitCode::kOk;
  // What was shown is what is done.
  if (!parsed.has("if-revision")) call = at_revision(std::move(call), text_at(plan, "revision"));
  return finish(session, command, parsed, session.carry_out(std::move(call)));
}

}  // namespace

ExitCode run_admin_command(const AdminCommand& command, const ParsedCommand& parsed,
                           AdminSession& session) {
  auto made = command.call(parsed);
  if (!made.ok()) return session.fail(made.error());
  HttpCall call = std::move(made).value();
  if (parsed.has("if-revision")) {
    const auto revision = read_number("a revision", parsed.value("if-revision"), kLargestRevision);
    if (!revision.ok()) return session.fail(revision.error());
    call = at_revision(std::move(call), std::to_string(revision.value()));
  }
  if (parsed.has("dry-run")) return try_out(session, std::move(call));
  switch (command.conduct) {
    case AdminConduct::kReads:
    case AdminConduct::kChanges:
      return finish(session, command, parsed, session.ask(std::move(call)));
    case AdminConduct::kPrepares:
      return finish(session, command, parsed, session.carry_out(std::move(call)));
    case AdminConduct::kReplaces:
      return replace(session, command, parsed, std::move(call));
  }
  return ExitCode::kFailed;
}

OptionSyntax revision_option_syntax() {
  return {"if-revision", "N", "Change nothing, and end with 75, unless the host is at revision N."};
}

std::vector<OptionSyntax> change_option_syntaxes() {
  return {{"dry-run", "", "Show what would change, and change nothing."}, revision_option_syntax()};
}

}  // namespace backplane::host
