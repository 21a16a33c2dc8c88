#include "host/admin/operations_resource.hpp"

#include <string>

#include "host/admin/change_call.hpp"

namespace backplane::host {
namespace {

// The route table lets through at most eighteen digits.
std::uint64_t number_in(const AdminCall& call) {
  return std::stoull(call.name());
}

void reply_with(AdminContext& context, AdminCall& call, std::uint64_t id) {
  const Operation* operation = context.controller.operations().find(id);
  if (operation == nullptr) {
    return call.fail(Error(ErrorCode::kNotFound, "unknown_operation",
                           "no operation has the number " + call.name()));
  }
  call.reply(200, context.controller.revision(),
             [operation](JsonWriter& json) { write_operation(*operation, json); });
}

}  // namespace

void list_operations(AdminContext& context, const AdminCallPtr& call) {
  call->reply(200, context.controller.revision(), [&context](JsonWriter& json) {
    json.key("operations").begin_array();
    for (const auto& [id, operation] : context.controller.operations().all()) {
      json.begin_object();
      write_operation(operation, json);
      json.end_object();
    }
    json.end_array();
  });
}

void get_operation(AdminContext& context, const AdminCallPtr& call) {
  reply_with(context, *call, number_in(*call));
}

void abort_operation(AdminContext& context, const AdminCallPtr& call) {
  const std::uint64_t id = number_in(*call);
  Status aborted = context.controller.abort(id);
  if (!aborted.ok()) return call->fail(aborted.error());
  reply_with(context, *call, id);
}

}  // namespace backplane::host
