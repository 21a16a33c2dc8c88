#include "host/cli/admin_answer.hpp"

#include <string>

#include <doctest/doctest.h>

#include "host/message/error_response.hpp"

namespace backplane::host {
namespace {

HttpResponse response(unsigned status, std::string body) {
  HttpResponse made;
  made.status = status;
  made.body = std::move(body);
  return made;
}

// The end of a command that was answered so.
ExitCode end_of(const Error& refusal) {
  HttpResponse made;
  fill_error_response(refusal, "r1", made);
  const auto answer = read_answer(std::move(made));
  REQUIRE_FALSE(answer.ok());
  return exit_code_of(answer.error());
}

TEST_SUITE("cli") {
  TEST_CASE("read_answer: a document, and whether an operation goes on behind it") {
    const auto done = read_answer(response(201, R"({"revision":3})"));
    REQUIRE(done.ok());
    CHECK_FALSE(done.value().accepted);
    CHECK(done.value().body == R"({"revision":3})");
    CHECK(done.value().root().find("revision")->integer() == 3);
    CHECK(read_answer(response(202, "{}")).value().accepted);
  }

  TEST_CASE("read_answer: a refusal keeps the host's code, detail and pointer") {
    HttpResponse made;
    fill_error_response(
        Error(ErrorCode::kInvalidArgument, "invalid_weights", "they sum to 0.9").with_pointer("/a"),
        "r1", made);
    const auto answer = read_answer(std::move(made));
    REQUIRE_FALSE(answer.ok());
    CHECK(answer.error().reason() == "invalid_weights");
    CHECK(line_of(answer.error()) == "backplane: they sum to 0.9 (invalid_weights, at /a)\n");
  }

  TEST_CASE("read_answer: whoever is no admin listener is named as that") {
    const auto text = read_answer(response(200, "<html>"));
    REQUIRE_FALSE(text.ok());
    CHECK(text.error().reason() == "bad_answer");
    CHECK(line_of(text.error()).find("no admin listener") != std::string::npos);
    const auto bare = read_answer(response(502, "gateway"));
    REQUIRE_FALSE(bare.ok());
    CHECK(line_of(bare.error()) ==
          "backplane: the host answered 502 Bad Gateway without a reason (bad_handler_response)\n");
  }

  TEST_CASE("exit_code_of: what the caller can do decides") {
    CHECK(end_of({ErrorCode::kInvalidArgument, "x"}) == ExitCode::kFailed);
    CHECK(end_of({ErrorCode::kNotFound, "x"}) == ExitCode::kFailed);
    CHECK(end_of({ErrorCode::kUnauthenticated, "x"}) == ExitCode::kNoPermission);
    CHECK(end_of({ErrorCode::kForbidden, "x"}) == ExitCode::kNoPermission);
    CHECK(end_of({ErrorCode::kConflict, "x"}) == ExitCode::kTryAgain);
    CHECK(end_of({ErrorCode::kStale, "x"}) == ExitCode::kTryAgain);
    CHECK(end_of({ErrorCode::kUnavailable, "x"}) == ExitCode::kTryAgain);
    CHECK(exit_code_of({ErrorCode::kUnavailable, "host_unreachable", "x"}) ==
          ExitCode::kUnreachable);
    CHECK(exit_code_of({ErrorCode::kUnavailable, "certificate_refused", "x"}) ==
          ExitCode::kUnreachable);
    CHECK(exit_code_of({ErrorCode::kInvalidArgument, "bad_option", "x"}) == ExitCode::kUsage);
    CHECK(exit_code_of({ErrorCode::kInvalidArgument, "bad_document", "x"}) == ExitCode::kBadConfig);
  }

  TEST_CASE("line_of: says what to do where the host cannot know, and is one line") {
    CHECK(line_of({ErrorCode::kUnavailable, "host_unreachable", "no host"}) ==
          "backplane: no host; --admin or BACKPLANE_ADMIN says where it is\n");
    CHECK(line_of({ErrorCode::kUnavailable, "certificate_refused", "x"}).find("--tls-ca") !=
          std::string::npos);
    CHECK(line_of({ErrorCode::kUnauthenticated, "wants a token"}).find("--token-file") !=
          std::string::npos);
    CHECK(line_of({ErrorCode::kInvalidArgument, "bad_option", "a\nb"}) == "backplane: a b\n");
  }
}

}  // namespace
}  // namespace backplane::host
