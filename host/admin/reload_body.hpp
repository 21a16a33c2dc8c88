#pragma once

#include "host/admin/admin_call.hpp"
#include "host/base/result.hpp"
#include "host/control/reload_request.hpp"

namespace backplane::host {

// What the body of a reload asks for; its schema has judged each member. kInvalidArgument
// "invalid_argument" for members that do not go together.
Result<ReloadRequest> reload_asked(const AdminCall& call);

// What the body of a rollback asks for.
ReloadRequest rollback_asked(const AdminCall& call);

}  // namespace backplane::host
