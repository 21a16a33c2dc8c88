#include "host/admin/openapi_resource.hpp"

#include <string>

#include "host/admin/api_document.hpp"

namespace backplane::host {

void get_openapi(AdminContext& /*context*/, const AdminCallPtr& call) {
  call->reply_text("application/json", std::string(ApiDocument::text()));
}

}  // namespace backplane::host
