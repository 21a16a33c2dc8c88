#pragma once

#include "host/admin/admin_call.hpp"
#include "host/admin/admin_context.hpp"

namespace backplane::host {

// All [control].

// GET /v1/operations: those that run, and the latest that have ended.
void list_operations(AdminContext& context, const AdminCallPtr& call);
// GET /v1/operations/{id}
void get_operation(AdminContext& context, const AdminCallPtr& call);
// DELETE /v1/operations/{id}: ends it before its commit, so that nothing has changed; 409 later.
void abort_operation(AdminContext& context, const AdminCallPtr& call);

}  // namespace backplane::host
