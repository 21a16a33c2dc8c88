#include "host/http/chunk_decoder.hpp"

#include <string>

#include <doctest/doctest.h>

namespace backplane::host {
namespace {

using Outcome = ChunkDecoder::Outcome;

constexpr std::uint64_t kMaxBody = std::uint64_t{1024} * 1024;

struct Decoded {
  Outcome outcome = Outcome::kNeedMore;
  ErrorCode code = ErrorCode::kMalformed;
  std::string payload;
  std::size_t consumed = 0;
  std::uint32_t trailers = 0;
};

// In pieces of `piece` bytes, each decoded in its own memory as a connection does.
Decoded decode(const std::string& body, std::size_t piece, std::uint64_t max = kMaxBody) {
  ChunkDecoder decoder(max);
  Decoded result;
  for (std::size_t at = 0; at < body.size() && result.outcome == Outcome::kNeedMore; at += piece) {
    std::string bytes = body.substr(at, piece);
    const ChunkDecoder::Step step = decoder.decode(bytes, bytes.data());
    result.outcome = step.outcome;
    result.consumed += step.consumed;
    result.payload.append(bytes, 0, step.produced);
  }
  result.code = decoder.refusal().code;
  result.trailers = decoder.trailers();
  return result;
}

void check_refused(const std::string& body, ErrorCode code, std::uint64_t max = kMaxBody) {
  CAPTURE(body.substr(0, 100));
  for (const std::size_t piece : {std::size_t{1}, std::size_t{3}, body.size()}) {
    const Decoded result = decode(body, piece, max);
    CHECK(result.outcome == Outcome::kRefused);
    CHECK(result.code == code);
  }
}

std::string repeat(std::string_view text, int times) {
  std::string result;
  for (int i = 0; i < times; ++i) result += text;
  return result;
}

TEST_SUITE("http") {
  TEST_CASE("ChunkDecoder: a body is the same in pieces of any size") {
    const std::string good =
        "5\r\nhello\r\n1;name\r\n \r\n00a;a=b;c=\"d; \\\"e\"\r\n0123456789\r\n0\r\nT: "
        "x\r\n\r\nnext";
    for (std::size_t piece = 1; piece <= good.size(); ++piece) {
      CAPTURE(piece);
      const Decoded result = decode(good, piece);
      CHECK(result.outcome == Outcome::kDone);
      CHECK(result.payload == "hello 0123456789");
      CHECK(result.consumed == good.size() - 4);
      CHECK(result.trailers == 1);
    }
  }

  TEST_CASE("ChunkDecoder: an empty body in five single bytes is an empty body") {
    const Decoded result = decode("0\r\n\r\n", 1);
    CHECK(result.outcome == Outcome::kDone);
    CHECK(result.payload.empty());
  }

  TEST_CASE("ChunkDecoder: sizes, line ends and extensions are read strictly") {
    for (const auto* body : {"\r\n",
                             "g\r\n",
                             "0x5\r\n",
                             "+5\r\n",
                             "-5\r\n",
                             " 5\r\n",
                             "5 \r\n",
                             "5\n",
                             "5\r\r\n",
                             "5\r\nhelloX",
                             "5\r\nhello\n",
                             "5\r\nhello\rX",
                             "5;\r\n",
                             "5;=b\r\n",
                             "5;a=\r\n",
                             "5; a\r\n",
                             "5;a =b\r\n",
                             "5;a=b c\r\n",
                             "5;a=\"b\"c\r\n",
                             "5;a=\x01\r\n",
                             "5,\r\n",
                             "0\r\nX\r\n",
                             "5;a=\"\r\"\r\n",
                             "0\r\nX Y: z\r\n",
                             "0\r\n: z\r\n",
                             "0\r\nX: \x01\r\n",
                             "0\r\n\rX",
                             "0\r\n\n",
                             "0\r\n folded\r\n"}) {
      std::string text = body;
      // Whatever comes next must not matter.
      check_refused(text + "zzzzzzzz", ErrorCode::kMalformed);
    }
  }

  TEST_CASE("ChunkDecoder: the limit holds at the byte, and no size wraps around it") {
    CHECK(decode("5\r\nhello\r\n5\r\nworld\r\n0\r\n\r\n", 1, 10).outcome == Outcome::kDone);
    check_refused("5\r\nhello\r\n6\r\n", ErrorCode::kPayloadTooLarge, 10);
    check_refused("b\r\n", ErrorCode::kPayloadTooLarge, 10);
    check_refused("ffffffffffffffff\r\n", ErrorCode::kPayloadTooLarge);
    check_refused("10000000000000005\r\n", ErrorCode::kPayloadTooLarge);
    CHECK(decode("000000000000000000000000000005\r\nhello\r\n0\r\n\r\n", 7).payload == "hello");
  }

  TEST_CASE("ChunkDecoder: what is not payload has limits of its own") {
    check_refused(repeat("1\r\na\r\n", 100000), ErrorCode::kMalformed);
    check_refused("5;" + std::string(300, 'a'), ErrorCode::kMalformed);
    check_refused(std::string(300, '0'), ErrorCode::kMalformed);
    check_refused(repeat("1;" + std::string(200, 'a') + "\r\na\r\n", 200), ErrorCode::kMalformed);
    check_refused("0\r\n" + repeat("T: x\r\n", 2000), ErrorCode::kHeadersTooLarge);
    check_refused("0\r\nT: " + std::string(9000, 'x'), ErrorCode::kHeadersTooLarge);
  }

  TEST_CASE("ChunkDecoder: payload in large chunks is not charged for its framing") {
    const std::string body =
        repeat("400\r\n" + std::string(0x400, 'x') + "\r\n", 1000) + "0\r\n\r\n";
    const Decoded result = decode(body, 4096, 2048000);
    CHECK(result.outcome == Outcome::kDone);
    CHECK(result.payload.size() == 1000 * 0x400);
  }
}

}  // namespace
}  // namespace backplane::host
