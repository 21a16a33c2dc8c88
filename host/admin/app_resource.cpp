#include "host/admin/app_resource.hpp"

#include <utility>
#include <vector>

#include "host/admin/change_call.hpp"
#include "host/config/app_document_reader.hpp"
#include "host/config/app_document_writer.hpp"
#include "host/control/document_diff.hpp"

namespace backplane::host {

void get_app(AdminContext& context, const AdminCallPtr& call) {
  const Controller& controller = context.controller;
  call->reply(200, controller.revision(),
              [&controller](JsonWriter& json) { write_members(controller.desired(), json); });
}

void put_app(AdminContext& context, const AdminCallPtr& call) {
  std::vector<Error> errors;
  AppDocument document = read_app_document(call->body(), context.limits, errors);
  if (!errors.empty()) return call->fail(errors.front());
  propose_change(context, call, {.change = replace_all(std::move(document)), .action = "put_app"},
                 {.write = [](JsonWriter& json, const ChangeOutcome& outcome) {
                   json.member("changed", outcome.changed).key("diff");
                   write_diff(outcome.diff, json);
                 }});
}

}  // namespace backplane::host
