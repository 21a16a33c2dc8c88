#pragma once

#include "host/admin/admin_call.hpp"
#include "host/admin/admin_context.hpp"

namespace backplane::host {

// All [control]; the directory is read on the loader thread.

// GET /v1/plugins: every file in the plugin directory, good or bad, and what is loaded of it.
void list_plugins(AdminContext& context, const AdminCallPtr& call);
// GET /v1/plugins/{name}
void get_plugin(AdminContext& context, const AdminCallPtr& call);
// POST /v1/plugins/{name}/reload: every backend of the plugin goes over to what is in the
// directory.
void post_reload(AdminContext& context, const AdminCallPtr& call);
// POST /v1/plugins/{name}/rollback: to the version before. The body of each may be absent.
void post_rollback(AdminContext& context, const AdminCallPtr& call);
// POST /v1/plugins/{name}/promote: to the version on trial, now; answers as its reload does.
void post_promote(AdminContext& context, const AdminCallPtr& call);

}  // namespace backplane::host
