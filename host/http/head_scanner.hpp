#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "host/http/refusal.hpp"

namespace backplane::host {

// Where something stands, counted from the first byte of the head. Not a view, because the
// buffer may move while the rest of the request arrives.
struct Span {
  std::uint32_t begin = 0;
  std::uint32_t size = 0;

  std::string_view in(const char* head) const { return {head + begin, size}; }
};

struct FieldSpan {
  Span name;
  Span value;  // without surrounding blanks
};

struct HeadLimits {
  std::uint32_t max_target_bytes = 8190;
  std::uint32_t max_head_bytes = 16 * 1024;
  std::uint32_t max_fields = 100;
};

// Splits a request head (RFC 9112 2-5) into its parts, strictly: only CRLF ends a line, names are
// tokens, no folding, no control characters. Owned by a RequestReader; the io thread of its
// connection. Incremental: it keeps its place, so bytes that come one by one are looked at once.
class HeadScanner {
 public:
  enum class Outcome : std::uint8_t { kNeedMore, kDone, kRefused };

  explicit HeadScanner(const HeadLimits& limits) : limits_(limits) {}

  // [io] `bytes` are all bytes since the first of the head: those of the call before, unchanged,
  // and what came since. After kDone and kRefused only reset() may follow.
  Outcome scan(std::string_view bytes);
  // [io] For the next head; keeps the memory of fields().
  void reset();

  // [io] After kDone: the bytes up to and with the empty line.
  std::size_t head_size() const { return position_; }
  Span method() const { return method_; }
  Span target() const { return target_; }
  unsigned minor_version() const { return minor_version_; }
  const std::vector<FieldSpan>& fields() const { return fields_; }
  // [io] After kRefused.
  const Refusal& refusal() const { return refusal_; }

 private:
  enum class State : std::uint8_t {
    kStart,
    kStartLf,
    kMethod,
    kTarget,
    kVersion,
    kRequestLineLf,
    kLineStart,
    kName,
    kBlanksBeforeValue,
    kValue,
    kValueLf,
    kEndLf,
  };

  Outcome refuse(const Refusal& refusal);
  Outcome step(std::string_view bytes);
  Outcome scan_method(std::string_view bytes);
  Outcome scan_target(std::string_view bytes);
  Outcome scan_version(std::string_view bytes);
  Outcome end_request_line(std::string_view bytes);
  Outcome start_line(std::string_view bytes);
  Outcome scan_name(std::string_view bytes);
  Outcome skip_blanks(std::string_view bytes);
  Outcome scan_value(std::string_view bytes);
  Outcome expect_lf(char c, State next);
  Outcome over_head_limit();

  HeadLimits limits_;
  State state_ = State::kStart;
  std::size_t position_ = 0;  // bytes before it have been looked at
  std::size_t mark_ = 0;      // where the part being read began
  Span method_;
  Span target_;
  unsigned minor_version_ = 1;
  std::vector<FieldSpan> fields_;
  Refusal refusal_;
};

// The methods this server knows; anything else is 501 (RFC 9110 9.1). CONNECT and TRACE are not
// among them.
bool is_known_method(std::string_view method);

}  // namespace backplane::host
