#pragma once

#include <string>

#include "host/config/admin_role.hpp"

namespace backplane::host {

// Who makes an admin call, once the gate has let it in. A plain value.
struct AdminCaller {
  // The label of the token; "local" where none is asked for.
  std::string label;
  AdminRole role = AdminRole::kRead;
};

}  // namespace backplane::host
