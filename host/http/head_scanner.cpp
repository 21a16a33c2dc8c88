#include "host/http/head_scanner.hpp"

#include <cstring>

#include "host/message/byte_classes.hpp"
#include "host/message/headers.hpp"

namespace backplane::host {
namespace {

constexpr std::size_t kMaxMethod = 32;
constexpr std::string_view kVersionText = "HTTP/1.1";

bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

Span span(std::size_t begin, std::size_t end) {
  return {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end - begin)};
}

// Whether all of `literal` stands at `at`, which is not behind the end of `bytes`.
template <std::size_t kSize>
bool stands_at(std::string_view bytes, std::size_t at, const char (&literal)[kSize]) {
  return bytes.size() - at >= kSize - 1 && std::memcmp(bytes.data() + at, literal, kSize - 1) == 0;
}

Refusal bad_line(std::string_view detail) {
  return {ErrorCode::kMalformed, HttpFault::kRequestLine, "bad_request", detail};
}
Refusal bad_header(std::string_view detail) {
  return {ErrorCode::kMalformed, HttpFault::kHeader, "bad_request", detail};
}

}  // namespace

bool is_known_method(std::string_view method) {
  return is_literal(method, "GET") || is_literal(method, "POST") || is_literal(method, "PUT") ||
         is_literal(method, "HEAD") || is_literal(method, "PATCH") ||
         is_literal(method, "DELETE") || is_literal(method, "OPTIONS");
}

void HeadScanner::reset() {
  state_ = State::kStart;
  position_ = mark_ = 0;
  method_ = target_ = {};
  fields_.clear();
}

HeadScanner::Outcome HeadScanner::refuse(const Refusal& refusal) {
  refusal_ = refusal;
  return Outcome::kRefused;
}

HeadScanner::Outcome HeadScanner::scan(std::string_view bytes) {
  // Bytes over the limit are never looked at, however many came in one read.
  const bool over_limit = bytes.size() > limits_.max_head_bytes;
  if (over_limit) bytes = bytes.substr(0, limits_.max_head_bytes);
  while (position_ < bytes.size()) {
    const Outcome outcome = step(bytes);
    if (outcome != Outcome::kNeedMore) return outcome;
  }
  return over_limit || position_ == limits_.max_head_bytes ? over_head_limit() : Outcome::kNeedMore;
}

HeadScanner::Outcome HeadScanner::over_head_limit() {
  if (state_ == State::kTarget) {
    return refuse({ErrorCode::kUriTooLong, HttpFault::kTooLarge, "uri_too_long",
                   "the request target does not fit in the head"});
  }
  return refuse({ErrorCode::kHeadersTooLarge, HttpFault::kTooLarge, "headers_too_large",
                 "the request head is over its limit"});
}

// Each part goes on with the next one while there are bytes, so that a line is one step; the state
// says where to go on when they had run out.
HeadScanner::Outcome HeadScanner::step(std::string_view bytes) {
  const char c = bytes[position_];
  switch (state_) {
    case State::kStart:
      // RFC 9112 2.2: an empty line before the request line is left over from clients that end
      // a body with CRLF; one is ignored.
      if (c == '\r' && position_ == 0) {
        ++position_;
        state_ = State::kStartLf;
        return Outcome::kNeedMore;
      }
      mark_ = position_;
      state_ = State::kMethod;
      return scan_method(bytes);
    case State::kStartLf:
      return expect_lf(c, State::kStart);
    case State::kMethod:
      return scan_method(bytes);
    case State::kTarget:
      return scan_target(bytes);
    case State::kVersion:
      return scan_version(bytes);
    case State::kRequestLineLf:
      return end_request_line(bytes);
    case State::kLineStart:
      return start_line(bytes);
    case State::kName:
      return scan_name(bytes);
    case State::kBlanksBeforeValue:
      return skip_blanks(bytes);
    case State::kValue:
      return scan_value(bytes);
    case State::kValueLf:
      return expect_lf(c, State::kLineStart);
    case State::kEndLf:
      if (c != '\n') return refuse(bad_header("a carriage return stands alone"));
      ++position_;
      return Outcome::kDone;
  }
  return Outcome::kNeedMore;
}

HeadScanner::Outcome HeadScanner::expect_lf(char c, State next) {
  if (c != '\n') return refuse(bad_header("a carriage return stands alone"));
  ++position_;
  state_ = next;
  return Outcome::kNeedMore;
}

HeadScanner::Outcome HeadScanner::scan_method(std::string_view bytes) {
  // Most requests begin so.
  if (position_ == mark_ && stands_at(bytes, mark_, "GET ")) {
    position_ += 3;
  } else {
    position_ = skip_class<ByteClass::kToken>(bytes, position_);
  }
  if (position_ - mark_ > kMaxMethod) {
    return refuse({ErrorCode::kUnsupported, HttpFault::kMethod, "not_implemented",
                   "the method is longer than any known one"});
  }
  if (position_ == bytes.size()) return Outcome::kNeedMore;
  if (bytes[position_] != ' ' || position_ == mark_) {
    return refuse(bad_line("the request line does not begin with a method"));
  }
  method_ = span(mark_, position_);
  mark_ = ++position_;
  state_ = State::kTarget;
  return scan_target(bytes);
}

HeadScanner::Outcome HeadScanner::scan_target(std::string_view bytes) {
  position_ = skip_class<ByteClass::kTarget>(bytes, position_);
  if (position_ - mark_ > limits_.max_target_bytes) {
    return refuse({ErrorCode::kUriTooLong, HttpFault::kTooLarge, "uri_too_long",
                   "the request target is over its limit"});
  }
  if (position_ == bytes.size()) return Outcome::kNeedMore;
  if (bytes[position_] != ' ' || position_ == mark_) {
    return refuse(bad_line("the request target is empty or holds a forbidden byte"));
  }
  target_ = span(mark_, position_);
  mark_ = ++position_;
  state_ = State::kVersion;
  return scan_version(bytes);
}

HeadScanner::Outcome HeadScanner::scan_version(std::string_view bytes) {
  // Nearly always all of it is there, and is this.
  if (position_ == mark_ && stands_at(bytes, mark_, "HTTP/1.1")) {
    position_ += kVersionText.size();
  }
  for (; position_ < bytes.size() && position_ - mark_ < kVersionText.size(); ++position_) {
    const std::size_t i = position_ - mark_;
    const char c = bytes[position_];
    const bool is_digit = c >= '0' && c <= '9';
    if (i == 5 || i == 7 ? !is_digit : c != kVersionText[i]) {
      return refuse(bad_line("the request line does not end with an HTTP version"));
    }
  }
  if (position_ == bytes.size()) return Outcome::kNeedMore;
  if (bytes[position_] != '\r') {
    return refuse(bad_line("the request line does not end with an HTTP version"));
  }
  ++position_;
  state_ = State::kRequestLineLf;
  return position_ < bytes.size() ? end_request_line(bytes) : Outcome::kNeedMore;
}

HeadScanner::Outcome HeadScanner::end_request_line(std::string_view bytes) {
  if (bytes[position_] != '\n') return refuse(bad_line("a carriage return stands alone"));
  const char major = bytes[mark_ + 5];
  const char minor = bytes[mark_ + 7];
  // RFC 9110 2.5: a higher minor version is read as the highest we know.
  if (major != '1') {
    return refuse({ErrorCode::kVersionNotSupported, HttpFault::kVersion, "version_not_supported",
                   "only HTTP/1.0 and HTTP/1.1 are spoken here"});
  }
  minor_version_ = minor == '0' ? 0 : 1;
  if (!is_known_method(method_.in(bytes.data()))) {
    return refuse({ErrorCode::kUnsupported, HttpFault::kMethod, "not_implemented",
                   "the method is not implemented here"});
  }
  ++position_;
  state_ = State::kLineStart;
  return Outcome::kNeedMore;
}

HeadScanner::Outcome HeadScanner::start_line(std::string_view bytes) {
  const char c = bytes[position_];
  if (c == '\r') {
    ++position_;
    state_ = State::kEndLf;
    return Outcome::kNeedMore;
  }
  if (is_blank(c)) return refuse(bad_header("a header line begins with a blank"));
  if (fields_.size() == limits_.max_fields) {
    return refuse({ErrorCode::kHeadersTooLarge, HttpFault::kTooLarge, "headers_too_large",
                   "the request has too many header fields"});
  }
  mark_ = position_;
  state_ = State::kName;
  return scan_name(bytes);
}

HeadScanner::Outcome HeadScanner::scan_name(std::string_view bytes) {
  position_ = skip_class<ByteClass::kToken>(bytes, position_);
  if (position_ == bytes.size()) return Outcome::kNeedMore;
  if (bytes[position_] != ':' || position_ == mark_) {
    return refuse(bad_header("a header name is empty or holds a forbidden byte"));
  }
  fields_.push_back({span(mark_, position_), {}});
  ++position_;
  state_ = State::kBlanksBeforeValue;
  return skip_blanks(bytes);
}

HeadScanner::Outcome HeadScanner::skip_blanks(std::string_view bytes) {
  while (position_ < bytes.size() && is_blank(bytes[position_])) ++position_;
  if (position_ == bytes.size()) return Outcome::kNeedMore;
  mark_ = position_;
  state_ = State::kValue;
  return scan_value(bytes);
}

HeadScanner::Outcome HeadScanner::scan_value(std::string_view bytes) {
  position_ = skip_class<ByteClass::kFieldValue>(bytes, position_);
  if (position_ == bytes.size()) return Outcome::kNeedMore;
  if (bytes[position_] != '\r') return refuse(bad_header("a header value holds a forbidden byte"));
  std::size_t end = position_;
  while (end > mark_ && is_blank(bytes[end - 1])) --end;
  fields_.back().value = span(mark_, end);
  ++position_;
  state_ = State::kValueLf;
  return position_ < bytes.size() ? expect_lf(bytes[position_], State::kLineStart)
                                  : Outcome::kNeedMore;
}

}  // namespace backplane::host
