#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include <backplane/testing.hpp>

using backplane::TestReplica;

namespace {

std::string put(TestReplica& replica, const std::string& key, const std::string& value) {
  return replica.send({.method = "PUT", .query = "key=" + key, .body = value}).body;
}
std::string get(TestReplica& replica, const std::string& key) {
  const auto answer = replica.send({.query = "key=" + key});
  return answer.ok() ? answer.body : std::to_string(answer.http_status);
}

}  // namespace

TEST_SUITE("plugins") {
  TEST_CASE("kv_cache keeps what it is sent, until that is replaced") {
    TestReplica replica("kv_cache");
    CHECK(get(replica, "a") == "404");
    CHECK(put(replica, "a", "1") == "kept");
    CHECK(put(replica, "b", "") == "kept");
    CHECK(get(replica, "a") == "1");
    CHECK(get(replica, "b").empty());
    CHECK(put(replica, "a", "2") == "kept");
    CHECK(get(replica, "a") == "2");
    CHECK(replica.send().http_status == 400);
  }

  TEST_CASE("kv_cache: who takes over has every entry, whatever its bytes") {
    TestReplica former("kv_cache");
    const std::string odd("3 x\0\n 7", 7);
    put(former, "plain", "text");
    put(former, "odd", odd);
    put(former, "12%20", "");
    TestReplica next("kv_cache", {.generation = 2});
    put(next, "old", "forgotten");
    next.restore_state(former.save_state());
    CHECK(get(next, "plain") == "text");
    CHECK(get(next, "odd") == odd);
    CHECK(get(next, "12%20").empty());
    CHECK(get(next, "old") == "404");
  }

  TEST_CASE("kv_cache: a state that it does not know is refused, and changes nothing") {
    TestReplica replica("kv_cache");
    put(replica, "a", "1");
    for (const char* const bytes : {"1", "1 ", "1 a", "1 a2 b", "x", "1 a99999999999999999999 b"}) {
      CAPTURE(std::string_view(bytes));
      CHECK_THROWS_AS(replica.restore_state({.bytes = bytes}), backplane::Error);
    }
    CHECK_THROWS_AS(replica.restore_state({.version = 2, .bytes = ""}), backplane::Error);
    CHECK(get(replica, "a") == "1");
  }
}
