#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "host/config/admin_role.hpp"

namespace backplane::host {

// What one line of the audit log is about.
enum class AuditEvent : std::uint8_t {
  kIntent,     // a call that was let in, before anything is done about it
  kOutcome,    // what it came to, before its caller is told
  kRefused,    // a call that was not let in, or whose body is none
  kRecovered,  // the log itself: what a crash had left unfinished at its end is gone
};
inline constexpr std::array<std::string_view, 4> kAuditEventNames = {"intent", "outcome", "refused",
                                                                     "recovered"};

// One attempt to change something, as far as it is known. A plain value; what is empty stands in no
// line.
struct AuditRecord {
  AuditEvent event = AuditEvent::kIntent;
  std::string request_id;
  std::string peer;
  std::string token;              // the caller's label; empty: nobody we know
  std::optional<AdminRole> role;  // with `token` only
  std::string action;             // the method
  std::string object;             // the path
  std::string query;
  std::string body_sha256;  // of the bytes that were asked for; without it no body was read
  unsigned status = 0;      // of the answer
  std::string code;         // of the error
  std::optional<std::uint64_t> revision_before;
  std::optional<std::uint64_t> revision_after;
  std::uint64_t count = 0;  // of attempts without a line of their own; of bytes dropped
};

}  // namespace backplane::host
