#include "host/message/http_request.hpp"

#include <doctest/doctest.h>

namespace backplane::host {
namespace {

TEST_SUITE("message") {
  TEST_CASE("HttpRequest: a header is found whatever the case; an empty one is not absent") {
    HttpRequest request;
    request.headers = {{"Host", "a"}, {"X-Empty", ""}};
    REQUIRE(request.find_header("hOST") != nullptr);
    CHECK(*request.find_header("hOST") == "a");
    REQUIRE(request.find_header("x-empty") != nullptr);
    CHECK(request.find_header("x-empty")->empty());
    CHECK(request.find_header("x-none") == nullptr);
  }

  TEST_CASE("HttpRequest: methods are case-sensitive") {
    HttpRequest request;
    request.method = "HEAD";
    CHECK(request.is_head());
    request.method = "head";
    CHECK_FALSE(request.is_head());
  }

  TEST_CASE("HttpRequest: nothing of one request is left for the next") {
    HttpRequest request;
    request.method = request.path = request.route_path = request.query = "x";
    request.authority = request.body = request.content_type = "x";
    request.call_method = request.shard_key = request.trace_id = "x";
    request.has_shard_key = true;
    request.headers = {{"a", "b"}};
    request.request_id = "x";
    request.received_at = request.deadline = request.slo = TimePoint(std::chrono::seconds(1));
    request.clear();
    for (const std::string_view text :
         {request.method, request.path, request.route_path, request.query, request.authority,
          request.body, request.content_type, request.call_method, request.shard_key,
          request.trace_id}) {
      CHECK(text.empty());
    }
    CHECK_FALSE(request.has_shard_key);
    CHECK(request.headers.empty());
    CHECK(request.request_id.empty());
    CHECK(request.received_at == TimePoint());
    CHECK(request.deadline == kNever);
    CHECK(request.slo == kNever);
  }
}

}  // namespace
}  // namespace backplane::host
