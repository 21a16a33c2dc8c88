#include "host/message/error_response.hpp"

#include <map>
#include <string>

#include <doctest/doctest.h>

namespace backplane::host {
namespace {

TEST_SUITE("message") {
  TEST_CASE("http_status_of: every code has the status that callers were promised") {
    const std::map<ErrorCode, unsigned> promised{
        {ErrorCode::kMalformed, 400},
        {ErrorCode::kUnauthenticated, 401},
        {ErrorCode::kForbidden, 403},
        {ErrorCode::kNotFound, 404},
        {ErrorCode::kMethodNotAllowed, 405},
        {ErrorCode::kRequestTimeout, 408},
        {ErrorCode::kConflict, 409},
        {ErrorCode::kStale, 412},
        {ErrorCode::kPayloadTooLarge, 413},
        {ErrorCode::kUriTooLong, 414},
        {ErrorCode::kUnsupportedMediaType, 415},
        {ErrorCode::kExpectationFailed, 417},
        {ErrorCode::kMisdirected, 421},
        {ErrorCode::kInvalidArgument, 422},
        {ErrorCode::kResourceExhausted, 429},
        {ErrorCode::kHeadersTooLarge, 431},
        {ErrorCode::kCancelled, 499},
        {ErrorCode::kInternal, 500},
        {ErrorCode::kUnsupported, 501},
        {ErrorCode::kBadHandlerResponse, 502},
        {ErrorCode::kUnavailable, 503},
        {ErrorCode::kDeadlineExceeded, 504},
        {ErrorCode::kVersionNotSupported, 505},
        {ErrorCode::kInsufficientStorage, 507},
    };
    CHECK(promised.size() == static_cast<std::size_t>(kLastErrorCode) + 1);
    for (const auto& promise : promised) {
      const unsigned status = promise.second;
      CAPTURE(status);
      CHECK(http_status_of(promise.first) == status);
      // An error body's title is never "Unknown".
      CHECK(reason_phrase(status) != "Unknown");
    }
  }

  TEST_CASE("error_code_of: the code back from its status, and a near one for others' statuses") {
    for (unsigned number = 0; number <= static_cast<unsigned>(kLastErrorCode); ++number) {
      const auto code = static_cast<ErrorCode>(number);
      CHECK(error_code_of(http_status_of(code)) == code);
    }
    CHECK(error_code_of(402) == ErrorCode::kInvalidArgument);
    CHECK(error_code_of(599) == ErrorCode::kInternal);
  }

  TEST_CASE("reason_phrase: standard ones, and a word for those we do not know") {
    CHECK(reason_phrase(200) == "OK");
    CHECK(reason_phrase(404) == "Not Found");
    CHECK(reason_phrase(299) == "Unknown");
  }

  TEST_CASE("error answer: problem+json with every field, in a fixed order") {
    HttpResponse response;
    fill_error_response(Error(ErrorCode::kConflict, "backend_in_use", "backend 'a' is used")
                            .with_pointer("/backends/a"),
                        "req-1", response);
    CHECK(response.status == 409);
    CHECK(response.body ==
          R"({"type":"urn:backplane:error:backend_in_use","title":"Conflict","status":409,)"
          R"("code":"backend_in_use","detail":"backend 'a' is used","pointer":"/backends/a",)"
          R"("request_id":"req-1"})");
    CHECK(response.headers.find("Content-Type") == "application/problem+json");
    CHECK(response.headers.find("X-Content-Type-Options") == "nosniff");
    CHECK_FALSE(response.headers.contains("WWW-Authenticate"));
  }

  TEST_CASE("error answer: pointer and request id are left out when there is none") {
    HttpResponse response;
    fill_error_response(Error(ErrorCode::kNotFound, "no such thing"), "", response);
    CHECK(response.body ==
          R"({"type":"urn:backplane:error:not_found","title":"Not Found","status":404,)"
          R"("code":"not_found","detail":"no such thing"})");
  }

  TEST_CASE("error answer: it replaces the body and keeps fields that were added for it") {
    HttpResponse response;
    response.status = 200;
    response.body = "half an answer";
    REQUIRE(response.headers.add("Allow", "GET"));
    fill_error_response(Error(ErrorCode::kMethodNotAllowed, "no"), "r", response);
    CHECK(response.status == 405);
    CHECK(response.headers.find("Allow") == "GET");
    CHECK(response.body.starts_with('{'));
  }

  TEST_CASE("error answer: 401 says how to authenticate") {
    HttpResponse response;
    fill_error_response(Error(ErrorCode::kUnauthenticated, "who"), "r", response);
    CHECK(response.headers.find("WWW-Authenticate") == "Bearer realm=\"backplane\"");
  }

  TEST_CASE("error answer: bytes that a client chose cannot break the JSON") {
    HttpResponse response;
    fill_error_response(Error(ErrorCode::kMalformed, "got '\"\\\n\xff'"), "r", response);
    CHECK(response.body.find(R"(got '\"\\\n)"
                             "\xef\xbf\xbd'") != std::string::npos);
  }
}

}  // namespace
}  // namespace backplane::host
