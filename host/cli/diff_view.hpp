#pragma once

#include <string>

#include "host/json/json_value.hpp"

namespace backplane::host {

// A diff of two revisions, as the host answers it, for people: a line for each backend and endpoint
// that comes or goes, and for what changes in one, old -> new. Pure, as all of these.
//
//   + backend blue: hello/hello, 2 replicas
//   ~ endpoint split
//       ~ traffic.a: 0.7 -> 0.5
//       + shadows.c: 0.1
//   - backend old: hello/hello, 1 replica
std::string render_diff(const JsonValue& diff);

// "1 to add, 2 to change, 1 to remove": backends and endpoints.
std::string diff_summary(const JsonValue& diff);

// The first of its changes in one line: most revisions make no other.
std::string first_change(const JsonValue& diff);

// What a dry run answers: the diff and its summary, or that nothing would change.
std::string render_dry_run(const JsonValue& answer);

}  // namespace backplane::host
