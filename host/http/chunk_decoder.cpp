#include "host/http/chunk_decoder.hpp"

#include <algorithm>
#include <cstring>

#include "host/message/headers.hpp"

namespace backplane::host {
namespace {

// What one client may make us read without sending payload. A body of one-byte chunks is over
// kMaxOverhead + payload after some thousand of them.
constexpr std::uint32_t kMaxLine = 256;
constexpr std::uint64_t kMaxOverhead = std::uint64_t{16} * 1024;
constexpr std::uint32_t kMaxTrailer = 8 * 1024;
constexpr std::uint32_t kMaxChunks = 65536;

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_text(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return c == '\t' || (byte >= 0x20 && byte != 0x7f);
}

}  // namespace

void ChunkDecoder::reset() {
  *this = ChunkDecoder(max_body_bytes_);
}

bool ChunkDecoder::refuse(ErrorCode code, HttpFault fault, std::string_view reason,
                          std::string_view detail) {
  refusal_ = {code, fault, reason, detail};
  return false;
}

bool ChunkDecoder::malformed(std::string_view detail) {
  return refuse(ErrorCode::kMalformed, HttpFault::kChunk, "bad_request", detail);
}

ChunkDecoder::Step ChunkDecoder::decode(std::string_view input, char* output) {
  Step step;
  while (step.consumed < input.size()) {
    if (state_ == State::kPayload) {
      const auto size = static_cast<std::size_t>(
          std::min<std::uint64_t>(chunk_left_, input.size() - step.consumed));
      const char* from = input.data() + step.consumed;
      if (output + step.produced != from) std::memmove(output + step.produced, from, size);
      step.consumed += size;
      step.produced += size;
      payload_ += size;
      chunk_left_ -= size;
      if (chunk_left_ == 0) state_ = State::kPayloadCr;
      continue;
    }
    if (!take(input[step.consumed])) {
      step.outcome = Outcome::kRefused;
      return step;
    }
    ++step.consumed;
    if (state_ == State::kDone) {
      step.outcome = Outcome::kDone;
      return step;
    }
  }
  return step;
}

bool ChunkDecoder::take(char c) {
  if (++overhead_ > kMaxOverhead + payload_) {
    return malformed("the chunked body is mostly framing");
  }
  switch (state_) {
    case State::kSize:
      return take_size(c);
    case State::kExtensionName:
    case State::kExtensionValue:
    case State::kQuoted:
    case State::kQuotedPair:
    case State::kAfterQuoted:
      return take_extension(c);
    case State::kSizeLf:
      return c == '\n' ? end_size_line() : malformed("a carriage return stands alone");
    case State::kPayloadCr:
      return expect(c, '\r', State::kPayloadLf);
    case State::kPayloadLf:
      line_bytes_ = digits_ = 0;
      return expect(c, '\n', State::kSize);
    case State::kTrailerStart:
    case State::kTrailerName:
    case State::kTrailerValue:
    case State::kTrailerLf:
      return take_trailer(c);
    case State::kFinalLf:
      return expect(c, '\n', State::kDone);
    case State::kPayload:
    case State::kDone:
      break;
  }
  return malformed("the chunked body has ended");
}

bool ChunkDecoder::expect(char c, char wanted, State next) {
  if (c != wanted) return malformed("a chunk does not end with CRLF");
  state_ = next;
  return true;
}

bool ChunkDecoder::take_size(char c) {
  if (++line_bytes_ > kMaxLine) return malformed("a chunk's size line is over 256 bytes");
  const int digit = hex_value(c);
  if (digit >= 0) {
    // Checked before the shift, so it cannot wrap; leading zeros stay within kMaxLine.
    if (chunk_left_ > (max_body_bytes_ >> 4U)) {
      return refuse(ErrorCode::kPayloadTooLarge, HttpFault::kTooLarge, "payload_too_large",
                    "the body is over its limit");
    }
    chunk_left_ = chunk_left_ * 16 + static_cast<unsigned>(digit);
    if (chunk_left_ > max_body_bytes_ - payload_) {
      return refuse(ErrorCode::kPayloadTooLarge, HttpFault::kTooLarge, "payload_too_large",
                    "the body is over its limit");
    }
    ++digits_;
    return true;
  }
  if (digits_ == 0) return malformed("a chunk has no size");
  return after_extension_part(c);
}

// After a size or an extension: the next extension or the end of the line. Blanks, which the RFC
// lets a reader tolerate here, are refused: no client sends them, and readers differ on them.
bool ChunkDecoder::after_extension_part(char c) {
  part_bytes_ = 0;
  if (c == ';') {
    state_ = State::kExtensionName;
    return true;
  }
  if (c == '\r') {
    state_ = State::kSizeLf;
    return true;
  }
  return malformed("a chunk's size line holds a forbidden byte");
}

bool ChunkDecoder::take_extension(char c) {
  if (++line_bytes_ > kMaxLine) return malformed("a chunk's size line is over 256 bytes");
  switch (state_) {
    case State::kQuoted:
      if (c == '"') {
        state_ = State::kAfterQuoted;
      } else if (c == '\\') {
        state_ = State::kQuotedPair;
      } else if (!is_text(c)) {
        return malformed("a chunk extension holds a forbidden byte");
      }
      return true;
    case State::kQuotedPair:
      state_ = State::kQuoted;
      return is_text(c) || malformed("a chunk extension holds a forbidden byte");
    case State::kAfterQuoted:
      return after_extension_part(c);
    default:
      break;
  }
  if (is_token_char(c)) {
    ++part_bytes_;
    return true;
  }
  if (state_ == State::kExtensionValue && part_bytes_ == 0 && c == '"') {
    state_ = State::kQuoted;
    return true;
  }
  if (part_bytes_ == 0) return malformed("a chunk extension is empty");
  if (state_ == State::kExtensionName && c == '=') {
    part_bytes_ = 0;
    state_ = State::kExtensionValue;
    return true;
  }
  return after_extension_part(c);
}

bool ChunkDecoder::end_size_line() {
  if (chunk_left_ == 0) {
    state_ = State::kTrailerStart;
    return true;
  }
  if (++chunks_ > kMaxChunks) return malformed("the body has too many chunks");
  state_ = State::kPayload;
  return true;
}

bool ChunkDecoder::take_trailer(char c) {
  if (++trailer_bytes_ > kMaxTrailer) {
    return refuse(ErrorCode::kHeadersTooLarge, HttpFault::kTooLarge, "headers_too_large",
                  "the trailer section is over 8 KiB");
  }
  switch (state_) {
    case State::kTrailerStart:
      if (c == '\r') {
        state_ = State::kFinalLf;
        return true;
      }
      state_ = State::kTrailerName;
      part_bytes_ = 1;
      return is_token_char(c) || malformed("junk follows the last chunk");
    case State::kTrailerName:
      if (c == ':') {
        ++trailers_;
        state_ = State::kTrailerValue;
        return true;
      }
      return is_token_char(c) || malformed("a trailer name holds a forbidden byte");
    case State::kTrailerValue:
      if (c == '\r') {
        state_ = State::kTrailerLf;
        return true;
      }
      return is_text(c) || malformed("a trailer value holds a forbidden byte");
    default:
      return expect(c, '\n', State::kTrailerStart);
  }
}

}  // namespace backplane::host
