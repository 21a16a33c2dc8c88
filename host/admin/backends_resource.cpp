#include "host/admin/backends_resource.hpp"

#include <string>
#include <utility>

#include "host/admin/change_call.hpp"
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
      .member("in_flight", std::uint64_t{stats.in_flight})
      .member("replicas", std::uint64_t{stats.num_replicas})
      .member("replicas_leaving", std::uint64_t{stats.leaving})
      .end_object();
}

void write_one(JsonWriter& json, const Controller& controller, const BackendSpec& spec) {
  write_members(spec, json);
  write_runtime(json, controller, spec.tag);
}

ChangeAnswer answer_backend(AdminContext& context, const std::string& tag, unsigned changed) {
  return {.changed = changed,
          .write = [&controller = context.controller, tag](JsonWriter& json, const ChangeOutcome&) {
            json.member("tag", tag);
            const auto& backends = controller.desired().backends;
            if (const auto found = backends.find(tag); found != backends.end()) {
              write_one(json, controller, found->second);
            }
          }};
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
  ChangeRequest request{.action = "put_backend", .object = call->name()};
  if (controller.failure(call->name()) != nullptr && existing->second == spec.value()) {
    request.rebuild = call->name();
  }
  request.change = create_backend(std::move(spec).value());
  propose_change(context, call, std::move(request), answer_backend(context, call->name(), 201));
}

void patch_backend(AdminContext& context, const AdminCallPtr& call) {
  auto patch = parse_backend_patch(call->body());
  if (!patch.ok()) return call->fail(patch.error());
  propose_change(
      context, call,
      {.change = configure_backend(call->name(), std::move(patch).value(), context.limits),
       .action = "patch_backend",
       .object = call->name()},
      answer_backend(context, call->name(), 200));
}

void remove_backend(AdminContext& context, const AdminCallPtr& call) {
  propose_change(
      context, call,
      {.change = delete_backend(call->name()), .action = "delete_backend", .object = call->name()},
      answer_backend(context, call->name(), 200));
}

}  // namespace backplane::host
