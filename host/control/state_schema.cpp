#include "host/control/state_schema.hpp"

namespace backplane::host {

SqliteSchema state_schema() {
  return {.application_id = 0x42504c4e,  // "BPLN"
          .steps = {
              // A key without a value was erased, and is kept a while for those who watch.
              "CREATE TABLE objects ("
              "key TEXT NOT NULL PRIMARY KEY, "
              "value TEXT, "
              "mod_revision INTEGER NOT NULL, "
              "checksum INTEGER NOT NULL); "
              "CREATE INDEX objects_by_revision ON objects (mod_revision)",
          }};
}

}  // namespace backplane::host
