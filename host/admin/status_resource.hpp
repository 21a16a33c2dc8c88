#pragma once

#include "host/admin/admin_call.hpp"
#include "host/admin/admin_context.hpp"

namespace backplane::host {

// All [control].

// GET /healthz: the process answers.
void get_health(AdminContext& context, const AdminCallPtr& call);
// GET /readyz: 200 when every backend serves, else 503 with the causes.
void get_readiness(AdminContext& context, const AdminCallPtr& call);
// GET /v1/status: version, uptime, revision, readiness per backend, what is draining, counters.
void get_status(AdminContext& context, const AdminCallPtr& call);

}  // namespace backplane::host
