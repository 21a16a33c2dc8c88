#pragma once

#include "host/control/sqlite_file.hpp"

namespace backplane::host {

// [any] The tables of state.db. A step that was released is never changed: a new one is added.
SqliteSchema state_schema();

}  // namespace backplane::host
