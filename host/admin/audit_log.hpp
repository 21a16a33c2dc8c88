#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "host/admin/audit_file.hpp"
#include "host/admin/audit_record.hpp"
#include "host/admin/refusal_budget.hpp"
#include "host/base/error.hpp"
#include "host/base/result.hpp"
#include "host/base/status.hpp"
#include "host/config/audit_config.hpp"
#include "host/control/task_thread.hpp"

namespace backplane::host {

// Records who tried to change what, and what came of it, in a file that only grows. Owned by Host;
// thread-safe. Its file is touched by a thread of its own, so that a slow disk holds up nobody but
// those who are owed a line.
class AuditLog {
 public:
  // Called on the log's thread: ok once the line is where it is safe, or where it need not be
  // (AuditConfig::required).
  using Written = std::function<void(const Status&)>;

  // [control] A file that cannot be used does not keep the host from serving: what is required to
  // be recorded is then refused. kUnavailable when the kernel gives no thread.
  static Result<std::unique_ptr<AuditLog>> start(const AuditConfig& config,
                                                 const std::filesystem::path& file);

  // [any] Never blocks. After stop() the record and `then` are dropped.
  void write(AuditRecord record, Written then);
  // [any but its thread] Writes what has been handed over, then ends.
  void stop() { thread_->stop(); }

  // [any] Lines that could not be written; refusals that got none, for want of budget.
  std::uint64_t failures() const { return failures_.load(std::memory_order_relaxed); }
  std::uint64_t unrecorded() const { return unrecorded_.load(std::memory_order_relaxed); }

 private:
  AuditLog(const AuditConfig& config, Result<AuditFile> file)
      : config_(config), file_(std::move(file)) {}

  // All on its thread.
  Status append(AuditRecord record);
  Status settle(Status written);

  const AuditConfig config_;
  Result<AuditFile> file_;  // of its thread, as the two below
  RefusalBudget budget_;
  std::uint64_t left_out_ = 0;  // refusals without a line since the last one that has one
  std::atomic<std::uint64_t> failures_{0};
  std::atomic<std::uint64_t> unrecorded_{0};
  // Last: it uses everything above.
  std::unique_ptr<TaskThread> thread_;
};

}  // namespace backplane::host
