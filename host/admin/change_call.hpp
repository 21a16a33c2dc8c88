#pragma once

#include <functional>

#include "host/admin/admin_call.hpp"
#include "host/admin/admin_context.hpp"

namespace backplane::host {

// How a call that changes the desired state answers once the change is done.
struct ChangeAnswer {
  unsigned changed = 200;  // the status when something changed; else it is 200
  // Writes the members of the answer beside the revision.
  std::function<void(JsonWriter&, const ChangeOutcome&)> write{};
};

// [control] Proposes `request` in the name of who calls and as the call's query says: answers when
// it is done, with the diff of a dry run, or 202 with the operation when the call waits no longer.
void propose_change(AdminContext& context, const AdminCallPtr& call, ChangeRequest request,
                    ChangeAnswer answer);

// Writes the members of an operation into an open object.
void write_operation(const Operation& operation, JsonWriter& json);

}  // namespace backplane::host
