#include <doctest/doctest.h>

#include <backplane/testing.hpp>

using backplane::TestReplica;

TEST_CASE("streaming_tokens says each word in an event of its own, then how many there were") {
  TestReplica replica("streaming_tokens");
  const auto answer = replica.send({.method = "POST", .body = " to be  or"});
  CHECK(answer.http_status == 200);
  CHECK(answer.header("Content-Type") == "text/event-stream");
  CHECK(answer.pieces == 4);
  CHECK(answer.body ==
        "event: token\nid: 1\ndata: to\n\nevent: token\nid: 2\ndata: be\n\n"
        "event: token\nid: 3\ndata: or\n\nevent: done\ndata: 3\n\n");
}

TEST_CASE("streaming_tokens refuses to say nothing, before anything has gone out") {
  TestReplica replica("streaming_tokens");
  CHECK(replica.send().http_status == 400);
}

TEST_CASE("streaming_tokens stops when nobody reads") {
  TestReplica replica("streaming_tokens");
  CHECK(replica.send({.body = "a b c", .cancelled = true}).pieces == 0);
}
