#include <chrono>
#include <optional>
#include <vector>

#include <doctest/doctest.h>

#include "tests/bench/answer_reader.hpp"
#include "tests/bench/arrivals.hpp"
#include "tests/bench/latencies.hpp"

namespace backplane::bench {
namespace {

using std::chrono::nanoseconds;

TEST_SUITE("bench") {
  TEST_CASE("Arrivals: a seed gives the same times again, and they only grow") {
    Arrivals first(1000, 7);
    Arrivals second(1000, 7);
    nanoseconds before{};
    for (int i = 0; i < 100; ++i) {
      const nanoseconds at = first.next();
      CHECK(at == second.next());
      CHECK(at >= before);
      before = at;
    }
  }

  TEST_CASE("Arrivals: over many the rate is what was asked for") {
    Arrivals arrivals(2000, 1);
    nanoseconds last{};
    for (int i = 0; i < 200000; ++i) last = arrivals.next();
    CHECK(std::chrono::duration<double>(last).count() == doctest::Approx(100).epsilon(0.01));
  }

  TEST_CASE("percentile: the smallest value that so many do not exceed") {
    std::vector<nanoseconds> values;
    for (int i = 100; i >= 1; --i) values.emplace_back(i);
    CHECK(percentile(values, 0.5) == nanoseconds(50));
    CHECK(percentile(values, 0.99) == nanoseconds(99));
    CHECK(percentile(values, 1) == nanoseconds(100));
    values = {nanoseconds(3)};
    CHECK(percentile(values, 0.99) == nanoseconds(3));
    values.clear();
    CHECK(percentile(values, 0.5) == nanoseconds(0));
  }

  TEST_CASE("AnswerReader: an answer in pieces is complete with its last byte") {
    AnswerReader reader;
    CHECK(reader.read("HTTP/1.1 200 OK\r\nContent-") == std::nullopt);
    CHECK(reader.read("Length: 3\r\n\r\nab") == std::nullopt);
    CHECK(reader.read("c") == 200);
    CHECK(reader.read("HTTP/1.1 429 Too Many\r\ncontent-length:0\r\n\r\n") == 429);
  }

  TEST_CASE("AnswerReader: more bytes than the answer has, or no length, cannot be read") {
    AnswerReader reader;
    CHECK(reader.read("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nab") == 0);
    CHECK(reader.read("HTTP/1.1 200 OK\r\nX-Content-Length: 0\r\n\r\n") == 0);
  }
}

}  // namespace
}  // namespace backplane::bench
