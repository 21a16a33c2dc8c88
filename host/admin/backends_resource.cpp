#include "host/admin/backends_resource.hpp"

#include <string>
#include <utility>

#include "host/config/app_document_writer.hpp"
#include "host/config/backend_reader.hpp"

namespace backplane::host {
namespace {

void write_runtime(JsonWriter& json, const Controller& controller, const std::string& tag) {
  const auto backend = controller.serving(tag);
  json.member("state", backend == nullptr ? "failed" : "serving");
  if (const Error* failure = controller.failure(tag)) {
    json.key("error").begin_object();
    json.member("code", failure->reason()).member("detail", failure->message()).end_object();
  }
  if (backend == nullptr) return;
  const BackendStats stats = backend->stats();
  json.member("generation", backend->generation())
      .member("handler_version", backend->handler().version)
      .key("stats")
      .begin_object()
      .member("executions", stats.replicas.executions)
      .member("requests", stats.replicas.requests)
      .member("failures", stats.replicas.failures)
      .member("queued", std::uint64_t{stats.queued})
      .end_object();
}

void write_one(JsonWriter& json, const Controller& controller, const BackendSpec& spec) {
  write_members(spec, json);
  write_runtime(json, controller, spec.tag);
}

void reply_with(AdminContext& context, AdminCall& call, unsigned status,
                const ChangeOutcome& outcome) {
  const auto& backends = context.controller.desired().backends;
  call.reply(status, outcome.revision, [&](JsonWriter& json) {
    json.member("tag", call.name()).member("revision", outcome.revision);
    if (const auto found = backends.find(call.name()); found != backends.end()) {
      write_one(json, context.controller, found->second);
    }
  });
}

Controller::Done answer(AdminContext& context, const AdminCallPtr& call, unsigned changed) {
  return [&context, call = call, changed](Result<ChangeOutcome> outcome) {
    if (!outcome.ok()) return call->fail(outcome.error());
    reply_with(context, *call, outcome.value().changed ? changed : 200, outcome.value());
  };
}

}  // namespace

void list_backends(AdminContext& context, const AdminCallPtr& call) {
  call->reply(200, context.controller.revision(), [&context](JsonWriter& json) {
    json.member("revision", context.controller.revision()).key("backends").begin_object();
    for (const auto& [tag, spec] : context.controller.desired().backends) {
      json.key(tag).begin_object();
      write_one(json, context.controller, spec);
      json.end_object();
    }
    json.end_object();
  });
}

void get_backend(AdminContext& context, const AdminCallPtr& call) {
  const auto& backends = context.controller.desired().backends;
  const auto found = backends.find(call->name());
  if (found == backends.end()) {
    return call->fail(Error(ErrorCode::kNotFound, "unknown_backend",
                            "no backend is called '" + call->name() + "'"));
  }
  call->reply(200, context.controller.revision(), [&](JsonWriter& json) {
    json.member("tag", call->name());
    write_one(json, context.controller, found->second);
  });
}

void put_backend(AdminContext& context, const AdminCallPtr& call) {
  auto spec = parse_backend(call->name(), call->body(), context.limits);
  if (!spec.ok()) return call->fail(spec.error());
  Controller& controller = context.controller;
  const auto existing = controller.desired().backends.find(call->name());
  const bool failed_before = controller.failure(call->name()) != nullptr;
  if (failed_before && existing->second == spec.value()) {
    const std::string tag = call->name();
    return controller.rebuild(tag, answer(context, call, 200));
  }
  controller.propose(create_backend(std::move(spec).value()), false, answer(context, call, 201));
}

void remove_backend(AdminContext& context, const AdminCallPtr& call) {
  const std::string tag = call->name();
  context.controller.propose(delete_backend(tag), false, answer(context, call, 200));
}

}  // namespace backplane::host
