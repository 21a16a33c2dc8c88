#include "host/routing/request_options.hpp"

#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

namespace backplane::host {
namespace {

constexpr TimePoint kReceived{std::chrono::hours(5)};
constexpr std::string_view kTrace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

std::chrono::system_clock::time_point wall() {
  return std::chrono::system_clock::time_point(std::chrono::milliseconds(1'000'000));
}

HttpRequest request_with(std::vector<HeaderField> headers) {
  HttpRequest request;
  request.headers = std::move(headers);
  request.received_at = kReceived;
  return request;
}

TEST_SUITE("routing") {
  TEST_CASE("request options: without the headers nothing is set") {
    HttpRequest request = request_with({{"Host", "a"}, {"X-Other", "1"}, {"Te", "x"}, {"", ""}});
    REQUIRE(read_request_options(request).ok());
    CHECK(request.call_method.empty());
    CHECK_FALSE(request.has_shard_key);
    CHECK(request.deadline == kNever);
    CHECK(request.slo == kNever);
    CHECK(request.trace_id.empty());
  }

  TEST_CASE("request options: each header is read, whatever its case") {
    HttpRequest request = request_with({{"x-serve-call-METHOD", "predict_1"},
                                        {"X-SERVE-SHARD-KEY", "user 7, \xc3\xa4"},
                                        {"x-request-timeout", "250"},
                                        {"Traceparent", kTrace}});
    REQUIRE(read_request_options(request).ok());
    CHECK(request.call_method == "predict_1");
    CHECK(request.has_shard_key);
    CHECK(request.shard_key == "user 7, \xc3\xa4");
    CHECK((request.deadline == kReceived + std::chrono::milliseconds(250)));
    CHECK(request.trace_id == "4bf92f3577b34da6a3ce929d0e0e4736");
  }

  TEST_CASE("request options: what is not acceptable is refused, naming header and value") {
    const std::string long_name(65, 'a');
    const std::string long_key(257, 'k');
    const std::vector<HeaderField> bad{
        {"X-Serve-Call-Method", ""},
        {"X-Serve-Call-Method", "a-b"},
        {"X-Serve-Call-Method", "a b"},
        {"X-Serve-Call-Method", "a,b"},
        {"X-Serve-Call-Method", long_name},
        {"X-Serve-Shard-Key", ""},
        {"X-Serve-Shard-Key", long_key},
        {"X-Request-Timeout", ""},
        {"X-Request-Timeout", "0"},
        {"X-Request-Timeout", "-1"},
        {"X-Request-Timeout", "+5"},
        {"X-Request-Timeout", " 5"},
        {"X-Request-Timeout", "5ms"},
        {"X-Request-Timeout", "1.5"},
        {"X-Request-Timeout", "abc"},
        {"X-Request-Timeout", "100,200"},
        {"X-Request-Timeout", "86400001"},
        {"X-Request-Timeout", "99999999999999999999"},
        {"X-Serve-Relative-Slo-Ms", ""},
        {"X-Serve-Relative-Slo-Ms", "-1"},
        {"X-Serve-Relative-Slo-Ms", "0"},
        {"X-Serve-Relative-Slo-Ms", "abc"},
        {"X-Serve-Relative-Slo-Ms", "1.5"},
        {"X-Serve-Relative-Slo-Ms", "100,200"},
        {"X-Serve-Relative-Slo-Ms", "86400001"},
        {"X-Serve-Absolute-Slo-Ms", ""},
        {"X-Serve-Absolute-Slo-Ms", "-1"},
        {"X-Serve-Absolute-Slo-Ms", "0"},
        {"X-Serve-Absolute-Slo-Ms", "tomorrow"},
        {"X-Serve-Absolute-Slo-Ms", "1e12"},
        {"X-Serve-Absolute-Slo-Ms", "1717000000000,1717000000000"},
        {"X-Serve-Absolute-Slo-Ms", "9223372036854775808"},
        {"traceparent", ""},
        {"traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7"},
        {"traceparent", "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"},
        {"traceparent", "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01"},
        {"traceparent", "00-00000000000000000000000000000000-00f067aa0ba902b7-01"},
        {"traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01"},
        {"traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736_00f067aa0ba902b7-01"},
        {"traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-zz"},
    };
    for (const HeaderField& field : bad) {
      CAPTURE(field.name);
      CAPTURE(field.value);
      HttpRequest request = request_with({{"Host", "a"}, field});
      const Status status = read_request_options(request);
      REQUIRE_FALSE(status.ok());
      CHECK(status.error().code() == ErrorCode::kMalformed);
      CHECK(status.error().reason() == "bad_header");
      CHECK(status.error().message().find(field.name) != std::string::npos);
      CHECK(status.error().message().find(field.value.substr(0, 100)) != std::string::npos);
      // A client's bytes are echoed, but not without end.
      CHECK(status.error().message().size() < 300);
    }
  }

  TEST_CASE("request options: the ends of the ranges are accepted") {
    const std::string name(64, 'Z');
    const std::string key(256, 'k');
    HttpRequest request = request_with({{"X-Serve-Call-Method", name},
                                        {"X-Serve-Shard-Key", key},
                                        {"X-Request-Timeout", "86400000"}});
    REQUIRE(read_request_options(request).ok());
    CHECK(request.call_method == name);
    CHECK(request.shard_key == key);
    CHECK((request.deadline == kReceived + kMaxRequestTimeout));
    HttpRequest shortest = request_with({{"X-Request-Timeout", "1"}});
    REQUIRE(read_request_options(shortest).ok());
    CHECK((shortest.deadline == kReceived + std::chrono::milliseconds(1)));
  }

  TEST_CASE("request options: a relative objective counts from the first byte, and ends nothing") {
    for (const auto& [text, ms] : {std::pair{"1", 1}, {"250", 250}, {"86400000", 86'400'000}}) {
      HttpRequest request = request_with({{"x-serve-relative-slo-ms", text}});
      REQUIRE(read_request_options(request).ok());
      CHECK((request.slo == kReceived + std::chrono::milliseconds(ms)));
      CHECK(request.deadline == kNever);
    }
  }

  TEST_CASE("request options: an absolute objective is as far away as on the wall clock") {
    constexpr std::chrono::hours kDay(24);
    struct Row {
      std::string_view text;
      Duration away;
    };
    // wall() says 1,000,000 ms.
    for (const Row& row :
         {Row{"1000000", Duration::zero()}, Row{"1000250", std::chrono::milliseconds(250)},
          Row{"999000", -std::chrono::seconds(1)},
          // So far away that it makes no difference any more.
          Row{"9223372036854775807", kDay}}) {
      CAPTURE(row.text);
      HttpRequest request = request_with({{"X-Serve-Absolute-Slo-Ms", row.text}});
      REQUIRE(read_request_options(request, wall).ok());
      CHECK((request.slo == kReceived + row.away));
      CHECK(request.deadline == kNever);
    }
    HttpRequest long_ago = request_with({{"X-Serve-Absolute-Slo-Ms", "1"}});
    const WallClock today = [] {
      return std::chrono::system_clock::time_point(std::chrono::hours(24 * 20'000));
    };
    REQUIRE(read_request_options(long_ago, today).ok());
    CHECK((long_ago.slo == kReceived - kDay));
  }

  TEST_CASE("request options: two objectives are one too many, in either order") {
    const HeaderField relative{"X-Serve-Relative-Slo-Ms", "100"};
    const HeaderField absolute{"X-Serve-Absolute-Slo-Ms", "1717000000000"};
    for (const auto& headers : {std::vector{relative, absolute}, std::vector{absolute, relative}}) {
      HttpRequest request = request_with(headers);
      const Status status = read_request_options(request);
      REQUIRE_FALSE(status.ok());
      CHECK(status.error().code() == ErrorCode::kMalformed);
      CHECK(status.error().reason() == "bad_header");
    }
  }

  TEST_CASE("request options: read twice, early and when the body is there, they say the same") {
    HttpRequest request =
        request_with({{"X-Serve-Relative-Slo-Ms", "100"}, {"X-Request-Timeout", "250"}});
    REQUIRE(read_request_options(request).ok());
    REQUIRE(read_request_options(request).ok());
    CHECK((request.slo == kReceived + std::chrono::milliseconds(100)));
    CHECK((request.deadline == kReceived + std::chrono::milliseconds(250)));
  }

  TEST_CASE("request options: a deadline that is tighter already stays") {
    HttpRequest request = request_with({{"X-Request-Timeout", "500"}});
    request.deadline = kReceived + std::chrono::milliseconds(100);
    REQUIRE(read_request_options(request).ok());
    CHECK((request.deadline == kReceived + std::chrono::milliseconds(100)));
  }
}

}  // namespace
}  // namespace backplane::host
