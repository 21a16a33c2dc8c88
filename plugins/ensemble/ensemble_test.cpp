#include <string>

#include <doctest/doctest.h>

#include <backplane/testing.hpp>

using backplane::Response;
using backplane::TestQuestion;
using backplane::TestReplica;

namespace {

constexpr const char* kInit = R"({"members": {"backend:small": 0.25, "large": 0.75}})";

// Says twice the body, or four times that; "?down=large" is one that does not serve.
Response member(const TestQuestion& question) {
  if (question.query == "down=" + question.to) return Response::error(BP_UNAVAILABLE, "down");
  if (question.query == "words") return "plenty";
  const int factor = question.to == "large" ? 4 : 2;
  return std::to_string(factor * std::stoi(question.body));
}

std::string refusal_of(const std::string& init) {
  try {
    const TestReplica replica("ensemble", {.init = init});
  } catch (const backplane::Error& error) {
    return error.what();
  }
  return "none";
}

}  // namespace

TEST_CASE("ensemble answers the weighted mean of what its members say of the body") {
  TestReplica ensemble("ensemble", {.init = kInit, .others = member});
  CHECK(ensemble.send({.method = "POST", .body = "2"}).body == "7.000000");
}

TEST_CASE("ensemble fails as the member that fails") {
  TestReplica ensemble("ensemble", {.init = kInit, .others = member});
  const auto down = ensemble.send({.method = "POST", .query = "down=large", .body = "2"});
  CHECK(down.http_status == 503);
  CHECK(down.message == "down");
  const auto words = ensemble.send({.method = "POST", .query = "words", .body = "2"});
  CHECK(words.http_status == 500);
  CHECK(words.message == "member 'backend:small' said 'plenty'; wanted a number");
}

TEST_CASE("ensemble refuses members that it cannot weigh") {
  CHECK(refusal_of("{}") == "'/members' is missing");
  CHECK(refusal_of(R"({"members": {}})") == "'/members' must be an object with one member or more");
  CHECK(refusal_of(R"({"members": {"a": -1}})") == "'/members/a' must be a number over 0");
}
