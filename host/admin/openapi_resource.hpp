#pragma once

#include "host/admin/admin_call.hpp"
#include "host/admin/admin_context.hpp"

namespace backplane::host {

// [control] GET /openapi.json: the document that this API is described by, and judged.
void get_openapi(AdminContext& context, const AdminCallPtr& call);

}  // namespace backplane::host
