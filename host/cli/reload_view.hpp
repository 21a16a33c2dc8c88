#pragma once

#include <string>
#include <string_view>

#include "host/json/json_value.hpp"

namespace backplane::host {

// What became of a reload or a rollback, for people; `done` is the word for it. `answer` is that of
// the call, or the operation where it was watched, which knows a little less. Pure.
//
//   plugin 'hello' is reloaded: generation 3, sha-256 4a2f56a9d86c (revision 8)
//   took 52.3 ms: staging 1.20 ms, probing 40.1 ms, loading 512 us, building 9.80 ms, committing …
std::string render_reload(const std::string& plugin, std::string_view done,
                          const JsonValue& answer);

// "staging 1.20 ms, probing 40.1 ms": how long each stage of an operation took; empty when it had
// none. Pure.
std::string stage_times(const JsonValue& operation);

}  // namespace backplane::host
