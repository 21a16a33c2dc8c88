#include "host/admin/audit_log.hpp"

#include <string>

#include "host/base/log.hpp"
#include "host/base/wall_time.hpp"

namespace backplane::host {

Result<std::unique_ptr<AuditLog>> AuditLog::start(const AuditConfig& config,
                                                  const std::filesystem::path& file) {
  std::unique_ptr<AuditLog> log(new AuditLog(config, AuditFile::open(file, config.max_bytes)));
  if (!log->file_.ok()) log_error("audit", log->file_.error().message());
  auto thread = TaskThread::start("bp-audit");
  if (!thread.ok()) return std::move(thread).error();
  log->thread_ = std::move(thread).value();
  return log;
}

void AuditLog::write(AuditRecord record, Written then) {
  thread_->post(
      [this, record = std::move(record), then = std::move(then)] { then(settle(append(record))); });
}

Status AuditLog::append(AuditRecord record) {
  if (!file_.ok()) return file_.error();
  const bool refused = record.event == AuditEvent::kRefused;
  // Whoever is not known must not be able to fill the disk.
  const bool unknown = refused && record.token.empty();
  if (unknown && !budget_.take(Clock::now())) {
    ++left_out_;
    unrecorded_.fetch_add(1, std::memory_order_relaxed);
    return {};
  }
  if (unknown) record.count = left_out_;
  // Nothing has been done that a lost line would hide: a refusal need not wait for the disk.
  Status written = file_.value().append(record, wall_now(), !refused);
  if (written.ok() && unknown) left_out_ = 0;
  return written;
}

Status AuditLog::settle(Status written) {
  if (written.ok()) return written;
  failures_.fetch_add(1, std::memory_order_relaxed);
  log_error("audit", written.error().message());
  if (!config_.required) return {};
  if (written.error().code() == ErrorCode::kInsufficientStorage) {
    return Error(ErrorCode::kInsufficientStorage, "store_full",
                 "the disk of the audit log is full, and nothing is changed without it");
  }
  return Error(ErrorCode::kUnavailable, "audit_failed",
               "the audit log cannot be written, and nothing is changed without it");
}

}  // namespace backplane::host
