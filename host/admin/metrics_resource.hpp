#pragma once

#include "host/admin/admin_call.hpp"
#include "host/admin/admin_context.hpp"

namespace backplane::host {

// [control] GET /metrics: everything that is counted, in the Prometheus text format. Made of
// readings that wait for nobody; a scrape while requests are served may miss the latest of them.
void get_metrics(AdminContext& context, const AdminCallPtr& call);

}  // namespace backplane::host
