#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "host/admin/admin_call.hpp"
#include "host/admin/admin_caller.hpp"
#include "host/admin/admin_context.hpp"
#include "host/admin/admin_query.hpp"
#include "host/base/result.hpp"
#include "host/message/http_request.hpp"

namespace backplane::host {

// One call of the admin API. Runs on control; answers `call` now or later.
using AdminAction = void (*)(AdminContext& context, const AdminCallPtr& call);

struct AdminMatch {
  AdminAction action = nullptr;
  std::string_view path;  // of the table: "/v1/endpoints/{}"
  std::string name;       // what stands for {name} in the path
  AdminQuery query;
  bool takes_body = false;
};

// The call that `request` of `caller` means, from the one table of the admin API. Pure. Checked in
// this order: kNotFound: no such path.  kMethodNotAllowed: `allow` says which.  kForbidden
// "role_required".  kMalformed "bad_name", "bad_query".  kUnsupportedMediaType: a call with a body
// that is not declared application/json.
Result<AdminMatch> match_admin_call(const HttpRequest& request, const AdminCaller& caller,
                                    std::string& allow);

// The table, as "PUT /v1/endpoints/{} deploy"; HEAD goes with GET. Pure.
std::vector<std::string> admin_calls();

}  // namespace backplane::host
