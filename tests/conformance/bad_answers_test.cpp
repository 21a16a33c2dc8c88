#include <csignal>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <sys/types.h>
#include <sys/wait.h>
#include <vector>

#include <doctest/doctest.h>

#include "tests/support/background_load.hpp"
#include "tests/support/reload_contract.hpp"
#include "tests/support/spoiled_host.hpp"

// Builds that pass for good ones and do not behave once they serve: a reload takes them, each of
// their requests has a definite answer, nobody beside them notices, and a rollback is rid of them.
namespace backplane::host {
namespace {

struct Sin {
  std::string plugin;
  std::string answers;   // those that come, in their order
  std::string warnings;  // of the reload, as JSON
};

// Reloads to the spoiled build and back, while clients ask it and `hello`.
void check_lived_with(SpoiledHost& host, const Sin& sin, const std::string& config) {
  CAPTURE(sin.plugin);
  const std::string target = "/" + sin.plugin;
  host.serve(sin.plugin, "null", config);
  BackgroundLoad load(host.data_port(), target);
  BackgroundLoad beside(host.data_port(), "/hello");
  REQUIRE(load.wait_answered(4));
  host.spoil(sin.plugin);
  const Answer reloaded = host.reload(sin.plugin);
  REQUIRE_MESSAGE(reloaded.status() == 200, reloaded.body());
  CHECK(reloaded.text_at("/state") == "done");
  CHECK(reloaded.at("/operation/warnings") == sin.warnings);
  CHECK(kinds(host.tally(target, 8)) == sin.answers);
  CHECK(load.wait_answered(4));
  CHECK(host.rollback(sin.plugin).status() == 200);
  CHECK(kinds(host.tally(target, 8)) == "good");
  CHECK(load.wait_answered(4));
  auto answers = load.stop();
  CHECK(answers.count("good") == 1);
  answers.erase("good");
  CHECK(sin.answers.find(kinds(answers)) != std::string::npos);
  CHECK(beside.wait_answered(4));
  CHECK(kinds(beside.stop()) == "hello serve!");
}

void check_lived_with(SpoiledHost& host, const std::vector<Sin>& sins,
                      const std::string& config = R"({"num_replicas":2})") {
  for (const Sin& sin : sins) {
    check_lived_with(host, sin, config);
    CHECK(host.wait_alone(sin.plugin));
  }
}

// The state of the version of `plugin` that was rolled back.
bool wait_pinned(const SpoiledHost& host, const std::string& plugin) {
  return wait_for([&] { return host.plugin(plugin).text_at("/generations/0/state") == "pinned"; });
}

// Ends the processes that a plugin started in ours; how many there were.
int end_children() {
  int ended = 0;
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    std::ifstream children(task.path() / "children");
    for (pid_t child = 0; children >> child; ++ended) {
      ::kill(child, SIGKILL);
      ::waitpid(child, nullptr, 0);
    }
  }
  return ended;
}

}  // namespace

TEST_SUITE("bad builds") {
  TEST_CASE("30-35, 43: whatever a handler answers, its requests are answered and others served") {
    SpoiledHost host;
    check_lived_with(host, {{"completes_twice", "first", "[]"},
                            {"never_completes", "500 batch_size_mismatch", "[]"},
                            {"completes_wrong_status", "500 handler_contract", "[]"},
                            {"bad_header", "502 bad_handler_response", "[]"},
                            {"content_length", "502 bad_handler_response", "[]"},
                            {"status_999", "502 bad_handler_response", "[]"}});
  }

  TEST_CASE("30, 35: whatever a handler throws or returns, its requests are answered") {
    SpoiledHost host;
    check_lived_with(host, {{"throws_raw", "500 handler_error", "[]"},
                            {"execute_fails", "503 unavailable", "[]"},
                            {"thr", "500 handler_error", "[]"}});
  }

  TEST_CASE(
      "30, 32: a batch that is answered wrongly or in part fails where it must, and is over") {
    SpoiledHost host;
    check_lived_with(host,
                     {{"half_batch", "500 batch_size_mismatch, half", "[]"},
                      {"bthrow", "500 handler_error", "[]"},
                      {"bwrong", "500 batch_size_mismatch", "[]"},
                      {"bscalar", "500 batch_size_mismatch", "[]"}},
                     R"({"num_replicas":1,"max_batch_size":4,"batch_wait_timeout_ms":50})");
  }

  TEST_CASE("33: an answer that is too long for the host is refused, and no other one") {
    SpoiledHost host([](HostConfig& config) { config.max_response_bytes = 1 << 20U; });
    check_lived_with(host, {{"huge_answer", "502 response_too_large", "[]"}});
  }

  TEST_CASE("48: a thread-local of a replica's own thread goes with it") {
    SpoiledHost host;
    check_lived_with(
        host, {{"thread_local_in_create", "longer than what a string holds by itself", "[]"}});
  }

  TEST_CASE("48, E14: what cannot be unmapped is announced, serves, and stays when it goes") {
    SpoiledHost host([](HostConfig& config) { config.max_pinned = 2; });
    for (const Sin& sin : {Sin{"leaves_thread", "not alone", R"(["will_pin","leaves_threads"])"},
                           Sin{"thread_local_in_init", "", R"(["will_pin"])"}}) {
      check_lived_with(host, sin, R"({"num_replicas":2})");
      CHECK(wait_pinned(host, sin.plugin));
    }
    CHECK(host.admin("GET", "/metrics").body().find("backplane_generations_pinned 2") !=
          std::string::npos);
    BackgroundLoad load(host.data_port(), "/leaves_thread");
    const Answer refused = host.reload("leaves_thread", R"({"force":true})");
    CHECK(refused.refusal() == "507 too_many_pinned");
    ReloadContract(host).check(refused);
    CHECK(load.wait_answered(4));
    CHECK(kinds(load.stop()) == "good");
  }

  TEST_CASE("reload: processes that a plugin starts are its own, and take nothing with them") {
    SpoiledHost host;
    check_lived_with(host, {{"leaves_process", "changed", "[]"}});
    CHECK(end_children() == 2);
    host.check_hello();
  }
}

}  // namespace backplane::host
