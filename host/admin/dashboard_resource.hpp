#pragma once

#include "host/admin/admin_call.hpp"
#include "host/admin/admin_context.hpp"

namespace backplane::host {

// GET /: the page for people; GET /dashboard.js: what runs in it.
void get_dashboard(AdminContext& context, const AdminCallPtr& call);
void get_dashboard_script(AdminContext& context, const AdminCallPtr& call);

}  // namespace backplane::host
