#pragma once

#include "host/admin/admin_call.hpp"
#include "host/admin/admin_context.hpp"

namespace backplane::host {

// All [control].

// GET /v1/endpoints
void list_endpoints(AdminContext& context, const AdminCallPtr& call);
// GET /v1/endpoints/{name}
void get_endpoint(AdminContext& context, const AdminCallPtr& call);
// PUT /v1/endpoints/{name}: 201 created, 200 as it was, 409 another of that name or route.
void put_endpoint(AdminContext& context, const AdminCallPtr& call);
// DELETE /v1/endpoints/{name}: 200; requests in flight finish, the next one finds no route.
void remove_endpoint(AdminContext& context, const AdminCallPtr& call);
// PUT /v1/endpoints/{name}/traffic: replaces the weights; the next request sees them.
void put_traffic(AdminContext& context, const AdminCallPtr& call);
// PUT /v1/endpoints/{name}/policy: replaces the policy.
void put_policy(AdminContext& context, const AdminCallPtr& call);
// PUT /v1/endpoints/{name}/shadows: replaces the set of shadows; 0 leaves one out.
void put_shadows(AdminContext& context, const AdminCallPtr& call);

}  // namespace backplane::host
