#include "host/routing/request_options.hpp"

#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace backplane::host {
namespace {

constexpr TimePoint kReceived{std::chrono::hours(5)};
constexpr std::string_view kTrace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

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

  TEST_CASE("request options: a deadline that is tighter already stays") {
    HttpRequest request = request_with({{"X-Request-Timeout", "500"}});
    request.deadline = kReceived + std::chrono::milliseconds(100);
    REQUIRE(read_request_options(request).ok());
    CHECK((request.deadline == kReceived + std::chrono::milliseconds(100)));
  }
}

}  // namespace
}  // namespace backplane::host
