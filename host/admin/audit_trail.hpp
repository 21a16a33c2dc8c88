#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "host/admin/admin_caller.hpp"
#include "host/admin/audit_log.hpp"
#include "host/admin/audit_record.hpp"
#include "host/base/error.hpp"
#include "host/message/exchange.hpp"

namespace backplane::host {

// Whether the call may change something, and so is recorded whatever becomes of it.
bool is_mutation(const HttpRequest& request);

// [io] What is known of the call in `exchange`, which `caller` may make.
AuditRecord attempt_of(const Exchange& exchange, const AdminCaller& caller);
// [io] The same of one that is not let in, for `error`; without `caller` nobody knows whose it is.
// Its body is not looked at, and its query not kept: a token may stand there by mistake.
AuditRecord refusal_of(const Exchange& exchange, const std::optional<AdminCaller>& caller,
                       const Error& error);

// What the audit log is told of one call that was let in: that it begins, and what it came to.
// Owned by its AdminCall; begun on the io thread, and from then on of control.
class AuditTrail {
 public:
  AuditTrail(AuditLog& log, AuditRecord attempt) : log_(log), attempt_(std::move(attempt)) {}

  // [io] Calls `then` on the log's thread, once the intent is on the disk or cannot get there.
  void begin(AuditLog::Written then) const { log_.write(attempt_, std::move(then)); }
  // [control] The revision that the call finds.
  void note_revision(std::uint64_t revision) { attempt_.revision_before = revision; }
  // [control] The same for the outcome; `revision` is the one that it made or left. Once more for
  // what was answered 202, when that has come to something.
  void end(unsigned status, std::string_view code, std::optional<std::uint64_t> revision,
           AuditLog::Written then) const;

 private:
  AuditLog& log_;
  AuditRecord attempt_;
};

}  // namespace backplane::host
