#include "host/admin/change_call.hpp"

#include <cstdint>
#include <utility>

#include "host/base/wall_time.hpp"
#include "host/control/document_diff.hpp"
#include "host/message/error_response.hpp"

namespace backplane::host {
namespace {

void answer_dry_run(AdminCall& call, const ChangeOutcome& outcome) {
  call.reply(200, outcome.revision, [&outcome](JsonWriter& json) {
    json.member("dry_run", true)
        .member("changed", outcome.changed)
        .member("revision", outcome.revision);
    json.key("diff");
    write_diff(outcome.diff, json);
  });
}

void answer_later(const Controller& controller, AdminCall& call, std::uint64_t id) {
  const Operation* operation = controller.operations().find(id);
  call.add_header("Location", "/v1/operations/" + std::to_string(id));
  call.reply(202, controller.revision(),
             [operation](JsonWriter& json) { write_operation(*operation, json); });
}

double to_ms(Duration time) {
  return std::chrono::duration<double, std::milli>(time).count();
}

}  // namespace

void propose_change(AdminContext& context, const AdminCallPtr& call, ChangeRequest request,
                    ChangeAnswer answer) {
  request.author = call->author();
  request.dry_run = call->query().dry_run;
  // Whoever read something in between has asked before.
  if (!request.if_revision) request.if_revision = revision_wanted(context, *call);
  const auto done = [call, dry_run = request.dry_run,
                     answer = std::move(answer)](Result<ChangeOutcome> result) {
    if (!result.ok()) {
      return call->answered() ? call->note_end(0, result.error()) : call->fail(result.error());
    }
    const ChangeOutcome& outcome = result.value();
    if (dry_run) return answer_dry_run(*call, outcome);
    const unsigned status = outcome.changed ? answer.changed : 200;
    // 202, and the operation says the rest.
    if (call->answered()) return call->note_end(status, outcome.revision);
    call->reply(status, outcome.revision, [&answer, &outcome](JsonWriter& json) {
      json.member("revision", outcome.revision);
      answer.write(json, outcome);
    });
  };
  Controller& controller = context.controller;
  const std::uint64_t id = controller.propose(std::move(request), done);
  if (call->query().wait) wait_for(context, call, id, *call->query().wait);
}

void wait_for(AdminContext& context, const AdminCallPtr& call, std::uint64_t operation,
              std::chrono::milliseconds patience) {
  if (call->answered()) return;
  const auto give_in = [&controller = context.controller, call, operation] {
    if (!call->answered()) answer_later(controller, *call, operation);
  };
  if (patience.count() == 0) return give_in();
  const auto timer = context.controller.post_at(Clock::now() + patience, give_in);
  // Else the timer would keep the call, and what it holds, for as long as it was to wait.
  call->when_answered([&controller = context.controller, timer] { controller.cancel(timer); });
}

std::optional<std::uint64_t> revision_wanted(const AdminContext& context, const AdminCall& call) {
  const std::string_view* wanted = call.request().find_header("If-Match");
  if (wanted == nullptr || *wanted == "*") return std::nullopt;
  return context.controller.revision();
}

void write_operation(const Operation& operation, JsonWriter& json) {
  json.member("id", std::to_string(operation.id))
      .member("action", operation.action)
      .member("object", operation.object)
      .member("state", name_of(operation.state))
      .member("stage", name_of(operation.stage))
      .member("built", std::uint64_t{operation.built})
      .member("to_build", std::uint64_t{operation.to_build})
      .member("started_at", to_text(operation.started_at));
  json.key("stages_ms").begin_object();
  for (const StageTime& one : operation.stages) {
    json.member(name_of(one.stage), to_ms(one.took));
  }
  json.end_object().key("warnings").begin_array();
  for (const std::string& warning : operation.warnings) json.string(warning);
  json.end_array();
  if (operation.trial) {
    const CanaryRecord& record = operation.trial->record;
    json.key("trial")
        .begin_object()
        .member("requests", record.requests)
        .member("min_requests", operation.trial->min_requests)
        .member("errors", record.errors)
        .member("p99_ms", to_ms(record.p99))
        .end_object();
  }
  if (operation.finished_at) json.member("finished_at", to_text(*operation.finished_at));
  if (operation.state == OperationState::kSucceeded) json.member("revision", operation.revision);
  if (!operation.error) return;
  json.key("error").begin_object();
  json.member("status", std::uint64_t{http_status_of(operation.error->code())});
  json.member("code", operation.error->reason()).member("detail", operation.error->message());
  if (!operation.error->pointer().empty()) json.member("pointer", operation.error->pointer());
  for (const auto& [name, value] : operation.error->members()) json.key(name).raw(value);
  json.end_object();
}

}  // namespace backplane::host
