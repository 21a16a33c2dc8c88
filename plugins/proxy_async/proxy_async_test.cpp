#include <memory>
#include <string>

#include <doctest/doctest.h>

#include <backplane/testing.hpp>

using backplane::TestPending;
using backplane::TestReplica;

TEST_CASE("proxy_async answers what is due, in the order of time and not of arrival") {
  std::unique_ptr<TestPending> slow;  // outlives the replica, which has it to the end
  TestReplica replica("proxy_async");
  slow = replica.start({.query = "delay_ms=60000"});
  CHECK(replica.send({.query = "delay_ms=1"}).body == "the other has answered");
  CHECK(slow->answer().completions == 0);
}

TEST_CASE("proxy_async refuses a delay that is none") {
  TestReplica replica("proxy_async");
  for (const std::string query : {"delay_ms=soon", "delay_ms=-1", "delay_ms=60001", "delay_ms="}) {
    CAPTURE(query);
    const auto answer = replica.send({.query = query});
    CHECK(answer.http_status == 400);
    CHECK(answer.message.find("wanted 0 to 60000") != std::string::npos);
  }
}
