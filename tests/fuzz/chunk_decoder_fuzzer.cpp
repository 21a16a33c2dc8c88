#include "tests/fuzz/chunk_decoder_fuzzer.hpp"

#include <algorithm>
#include <cstdlib>
#include <string>

#include "host/http/chunk_decoder.hpp"

namespace backplane::host {
namespace {

constexpr std::uint64_t kMaxBody = 4096;

void must(bool condition) {
  if (!condition) std::abort();
}

struct Decoded {
  ChunkDecoder::Outcome outcome = ChunkDecoder::Outcome::kNeedMore;
  std::string payload;
  std::size_t consumed = 0;
};

// As a connection does: each piece is decoded in its own memory.
Decoded decode(const std::string& body, std::size_t piece) {
  ChunkDecoder decoder(kMaxBody);
  Decoded result;
  while (result.consumed < body.size() && result.outcome == ChunkDecoder::Outcome::kNeedMore) {
    std::string bytes = body.substr(result.consumed, piece);
    const ChunkDecoder::Step step = decoder.decode(bytes, bytes.data());
    must(step.consumed <= bytes.size() && step.produced <= step.consumed);
    must(step.outcome != ChunkDecoder::Outcome::kNeedMore || step.consumed == bytes.size());
    result.outcome = step.outcome;
    result.consumed += step.consumed;
    result.payload.append(bytes, 0, step.produced);
  }
  must(result.payload.size() <= kMaxBody);
  return result;
}

}  // namespace

void fuzz_chunk_decoder(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return;
  const std::string body(data + 1, data + size);
  const Decoded whole = decode(body, std::max<std::size_t>(body.size(), 1));
  const Decoded pieces = decode(body, std::size_t{data[0]} + 1);
  must(whole.outcome == pieces.outcome);
  must(whole.consumed == pieces.consumed);
  must(whole.payload == pieces.payload);
}

}  // namespace backplane::host

#ifdef BACKPLANE_FUZZER
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  backplane::host::fuzz_chunk_decoder(data, size);
  return 0;
}
#endif
