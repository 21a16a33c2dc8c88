#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "host/admin/audit_record.hpp"
#include "host/base/result.hpp"
#include "host/base/status.hpp"
#include "host/base/wall_time.hpp"

namespace backplane::host {

// The chain that the lines of the audit log make: each has its number and the SHA-256 of the line
// before it, so that none can be changed, left out or put in without the next one showing it. What
// the last line is, only somebody else can know. A plain value; one thread.
class AuditChain {
 public:
  // What stands before the very first line.
  static constexpr std::string_view kBeginning =
      "0000000000000000000000000000000000000000000000000000000000000000";
  // The longest line that a record makes, whatever it holds; its newline not counted.
  static constexpr std::size_t kLongestLine = std::size_t{64} * 1024;

  // At the beginning of a log.
  AuditChain() = default;

  // The next line, which is one JSON object without a newline, for `record`. Does not move on:
  // accept() does, once the line has been written. Fields are cut to 1 KiB.
  std::string next_line(const AuditRecord& record, WallTime time) const;
  // Moves on behind `line`. kConflict "audit_broken": it does not follow the line before it, or is
  // no line of an audit log at all.
  Status accept(std::string_view line);
  // The same for the first line of a file that begins in the middle: its word is taken for what
  // stands before it.
  Status accept_first(std::string_view line);

  // Of the last line.
  std::uint64_t sequence() const { return sequence_; }
  const std::string& digest() const { return digest_; }

 private:
  std::uint64_t sequence_ = 0;
  std::string digest_{kBeginning};
};

}  // namespace backplane::host
