#pragma once

#include "host/admin/admin_call.hpp"
#include "host/admin/admin_context.hpp"

namespace backplane::host {

// All [control]; the log is read on the state thread.

// GET /v1/history?limit=50&before=N: revisions, the newest first, each with what it changed.
void list_history(AdminContext& context, const AdminCallPtr& call);
// GET /v1/history/{revision}: one of them with the whole document.
void get_revision(AdminContext& context, const AdminCallPtr& call);
// POST /v1/undo {"to": N}: a new revision that equals an older one; by default the one before the
// latest, and before that one when the latest is an undo itself.
void post_undo(AdminContext& context, const AdminCallPtr& call);

}  // namespace backplane::host
