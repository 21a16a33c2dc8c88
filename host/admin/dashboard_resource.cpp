#include "host/admin/dashboard_resource.hpp"

#include <string>

namespace backplane::host {
namespace {

// Nothing from elsewhere, and in no frame (CSP level 3).
void protect(AdminCall& call) {
  call.add_header("Content-Security-Policy",
                  "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; "
                  "connect-src 'self'; base-uri 'none'; form-action 'none'; "
                  "frame-ancestors 'none'");
  call.add_header("X-Content-Type-Options", "nosniff");
  call.add_header("Referrer-Policy", "no-referrer");
}

}  // namespace

void get_dashboard(AdminContext& context, const AdminCallPtr& call) {
  protect(*call);
  call->reply_text("text/html; charset=utf-8", std::string(context.dashboard.page));
}

void get_dashboard_script(AdminContext& context, const AdminCallPtr& call) {
  protect(*call);
  call->reply_text("text/javascript; charset=utf-8", std::string(context.dashboard.script));
}

}  // namespace backplane::host
