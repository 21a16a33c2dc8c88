#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>

#include "host/admin/admin_call.hpp"
#include "host/admin/admin_context.hpp"

namespace backplane::host {

// How a call that changes the desired state answers once the change is done.
struct ChangeAnswer {
  unsigned changed = 200;  // the status when something changed; else it is 200
  // Writes the members of the answer beside the revision.
  std::function<void(JsonWriter&, const ChangeOutcome&)> write{};
};

// [control] Proposes `request` in the name of who calls and as the call's query says: answers when
// it is done, with the diff of a dry run, or 202 with the operation when the call waits no longer.
void propose_change(AdminContext& context, const AdminCallPtr& call, ChangeRequest request,
                    ChangeAnswer answer);

// [control] Unless the call has been answered by then, answers 202 with the operation after
// `patience`.
void wait_for(AdminContext& context, const AdminCallPtr& call, std::uint64_t operation,
              std::chrono::milliseconds patience);

// [control] The revision that the call's If-Match names; it was compared with that of now on the
// way here, and must still be the one when the change is committed.
std::optional<std::uint64_t> revision_wanted(const AdminContext& context, const AdminCall& call);

// Writes the members of an operation into an open object.
void write_operation(const Operation& operation, JsonWriter& json);

}  // namespace backplane::host
