#pragma once

#include "host/admin/admin_call.hpp"
#include "host/admin/admin_context.hpp"

namespace backplane::host {

// All [control].

// GET /v1/backends
void list_backends(AdminContext& context, const AdminCallPtr& call);
// GET /v1/backends/{tag}
void get_backend(AdminContext& context, const AdminCallPtr& call);
// PUT /v1/backends/{tag}: answers once every replica is ready (201) or none will be; 200 as it
// was; 409 another of that tag. One that failed at the start of the host is built again.
void put_backend(AdminContext& context, const AdminCallPtr& call);
// PATCH /v1/backends/{tag} {"config": {…}}: changes the keys that are named, null to their default;
// what the replicas can take while they run, they take. 200.
void patch_backend(AdminContext& context, const AdminCallPtr& call);
// DELETE /v1/backends/{tag}: 200; its replicas finish what is queued.
void remove_backend(AdminContext& context, const AdminCallPtr& call);

}  // namespace backplane::host
