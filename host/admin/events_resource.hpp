#pragma once

#include "host/admin/admin_call.hpp"
#include "host/admin/admin_context.hpp"

namespace backplane::host {

// [control] GET /v1/events: server-sent events until the client leaves: "revision", "operation" and
// "backend" as they happen, "rates" once a second.
void get_events(AdminContext& context, const AdminCallPtr& call);

// [control] From here on what the controller tells goes to those who read the events.
void publish_events(AdminContext& context);

}  // namespace backplane::host
