#pragma once

#include "host/admin/admin_call.hpp"
#include "host/admin/admin_context.hpp"

namespace backplane::host {

// All [control].

// GET /v1/app: the whole desired state, as PUT takes it.
void get_app(AdminContext& context, const AdminCallPtr& call);
// PUT /v1/app: makes the document the desired state, all or nothing, and answers the difference.
void put_app(AdminContext& context, const AdminCallPtr& call);

}  // namespace backplane::host
