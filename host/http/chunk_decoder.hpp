#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "host/http/refusal.hpp"

namespace backplane::host {

// Takes a chunked body (RFC 9112 7.1) apart, strictly and within limits on everything that is not
// payload. Owned by a RequestReader; the io thread of its connection. Incremental: a body may come
// in pieces of any size.
class ChunkDecoder {
 public:
  enum class Outcome : std::uint8_t { kNeedMore, kDone, kRefused };

  struct Step {
    Outcome outcome = Outcome::kNeedMore;
    std::size_t consumed = 0;  // bytes of `input` that were read; all of them unless kDone
    std::size_t produced = 0;  // bytes of payload written to `output`
  };

  explicit ChunkDecoder(std::uint64_t max_body_bytes) : max_body_bytes_(max_body_bytes) {}

  // [io] Writes the payload of `input` to `output`, which may be the same memory or lie before
  // it: payload only ever moves to the front. After kDone and kRefused only reset() may follow.
  Step decode(std::string_view input, char* output);
  // [io] For the next body.
  void reset();

  // [io] Trailer fields seen and dropped (RFC 9110 6.5.1: they may change nothing).
  std::uint32_t trailers() const { return trailers_; }
  std::uint64_t payload_bytes() const { return payload_; }
  // [io] After kRefused.
  const Refusal& refusal() const { return refusal_; }

 private:
  enum class State : std::uint8_t {
    kSize,
    kExtensionName,
    kExtensionValue,
    kQuoted,
    kQuotedPair,
    kAfterQuoted,
    kSizeLf,
    kPayload,
    kPayloadCr,
    kPayloadLf,
    kTrailerStart,
    kTrailerName,
    kTrailerValue,
    kTrailerLf,
    kFinalLf,
    kDone,
  };

  bool take(char c);  // one byte that is not payload; false: refused
  bool take_size(char c);
  bool take_extension(char c);
  bool take_trailer(char c);
  bool end_size_line();
  bool after_extension_part(char c);
  bool expect(char c, char wanted, State next);
  bool refuse(ErrorCode code, HttpFault fault, std::string_view reason, std::string_view detail);
  bool malformed(std::string_view detail);

  std::uint64_t max_body_bytes_;
  State state_ = State::kSize;
  std::uint64_t chunk_left_ = 0;
  std::uint64_t payload_ = 0;
  std::uint64_t overhead_ = 0;
  std::uint32_t line_bytes_ = 0;  // of the chunk's size line
  std::uint32_t digits_ = 0;
  std::uint32_t part_bytes_ = 0;  // of the token being read
  std::uint32_t trailer_bytes_ = 0;
  std::uint32_t chunks_ = 0;
  std::uint32_t trailers_ = 0;
  Refusal refusal_;
};

}  // namespace backplane::host
