#pragma once

#include <string_view>

namespace backplane::host {

// The page that shows a person what the host serves, as it is embedded in the program. It asks the
// admin API for everything it shows, and changes nothing.

// [any] HTML, for "/".
std::string_view dashboard_page();
// [any] What runs in it, for "/dashboard.js": a file of its own, so that the page needs no script
// but its own host's.
std::string_view dashboard_script();

}  // namespace backplane::host
