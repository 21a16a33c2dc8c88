#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "host/base/random.hpp"
#include "host/base/thread.hpp"
#include "tests/conformance/model/linearizable.hpp"
#include "tests/support/echo_arms.hpp"
#include "tests/support/gate.hpp"
#include "tests/support/host_fixture.hpp"
#include "tests/support/sanitized.hpp"

namespace backplane::host {
namespace {

constexpr int kClients = 8;
constexpr int kCallsOfEach = kSanitized ? 20 : 63;
constexpr int kWeights = kSanitized ? 15 : 60;
// What stands for a backend that is not there.
constexpr const char* kNothing = "";

Answer ask(RawClient& client, const std::string& text) {
  auto response = client.ask(text);
  return response ? Answer(std::move(*response)) : Answer();
}

std::uint64_t revision_of(const Answer& answer) {
  const std::string tag = answer.header("ETag");
  return tag.size() > 2 ? std::stoull(tag.substr(1, tag.size() - 2)) : 0;
}

// Begins and ends `text`, and tells what came of it.
std::pair<ObservedCall, Answer> observe(RawClient& client, const std::string& text) {
  ObservedCall call{.begin = Clock::now()};
  Answer answer = ask(client, text);
  call.end = Clock::now();
  call.text = text.substr(0, text.find(' ')) + " was answered " + std::to_string(answer.status()) +
              " " + answer.body();
  return {std::move(call), std::move(answer)};
}

ObservedCall create(RawClient& client, const std::string& word) {
  auto [call, answer] = observe(
      client, request_text("PUT", "/v1/backends/one", {{"Content-Type", "application/json"}},
                           R"({"plugin":"user_config_echo","handler":"user_config_echo",)"
                           R"("config":{"user_config":")" +
                               word + R"("}})"));
  if (answer.status() == 201) {
    call.made = revision_of(answer);
    call.value = word;
    call.fits = [](const std::string& value) { return value == kNothing; };
  } else if (answer.status() == 200) {
    call.at = revision_of(answer);
    call.fits = [word](const std::string& value) { return value == word; };
  } else if (answer.code() == "backend_exists") {
    call.fits = [word](const std::string& value) { return value != kNothing && value != word; };
  } else {
    // Somebody else is making it: as if it had not been asked for.
    const bool busy = answer.code() == "operation_in_progress" || answer.code() == "state_moved";
    call.fits = [busy](const std::string&) { return busy; };
  }
  return std::move(call);
}

ObservedCall remove(RawClient& client) {
  auto [call, answer] = observe(client, request_text("DELETE", "/v1/backends/one"));
  const bool done = answer.status() == 200;
  const bool absent = answer.refusal() == "404 unknown_backend";
  if (done) {
    call.made = revision_of(answer);
    call.value = kNothing;
  }
  call.fits = [done, absent](const std::string& value) {
    return value == kNothing ? absent : done;
  };
  return std::move(call);
}

ObservedCall look(RawClient& client) {
  auto [call, answer] = observe(client, request_text("GET", "/v1/backends/one"));
  if (answer.status() == 200) call.at = revision_of(answer);
  const bool absent = answer.refusal() == "404 unknown_backend";
  // All of an object or nothing: the last of its members is there too.
  const bool whole = !answer.at("/stats/replicas").empty() && answer.text_at("/state") == "serving";
  const std::string word = whole ? answer.text_at("/config/user_config") : "";
  call.fits = [absent, word](const std::string& value) {
    return value == kNothing ? absent : value == word;
  };
  return std::move(call);
}

std::vector<ObservedCall> calls_of_client(std::uint16_t port, std::uint64_t seed) {
  RawClient client(port);
  Random random(seed);
  std::vector<ObservedCall> calls;
  for (int i = 0; i < kCallsOfEach; ++i) {
    const std::uint32_t point = random.below(5);
    calls.push_back(point < 2    ? create(client, point == 0 ? "left" : "right")
                    : point == 2 ? look(client)
                                 : remove(client));
  }
  return calls;
}

// Clients of these seeds and the next ask and change all at once.
void check_calls_at_once(std::uint64_t first_seed) {
  HostFixture host({"user_config_echo"});
  std::vector<std::vector<ObservedCall>> found(kClients);
  std::vector<Thread> threads;
  for (std::size_t i = 0; i < kClients; ++i) {
    auto thread = Thread::start("client", ThreadRole::kNone, [&host, &found, first_seed, i] {
      found[i] = calls_of_client(host.admin_port(), first_seed + i);
    });
    REQUIRE(thread.ok());
    threads.push_back(std::move(thread).value());
  }
  for (Thread& thread : threads) thread.join();
  std::vector<ObservedCall> calls;
  for (auto& some : found) calls.insert(calls.end(), some.begin(), some.end());
  const auto changes = std::count_if(calls.begin(), calls.end(),
                                     [](const ObservedCall& call) { return call.made > 0; });
  CHECK(changes > kClients * kCallsOfEach / 20);
  CHECK(first_impossible(calls, kNothing) == "");
  CHECK(host.admin("GET", "/v1/history").at("/revisions/0/revision") == std::to_string(changes));
}

// A client that asks for /e until it is stopped.
class Looker {
 public:
  explicit Looker(std::uint16_t port) {
    auto thread = Thread::start("look", ThreadRole::kNone, [this, port] { run(port); });
    REQUIRE(thread.ok());
    thread_ = std::move(thread).value();
  }
  std::vector<ObservedCall> stop() {
    stopping_ = true;
    thread_.join();
    return std::move(calls_);
  }

 private:
  void run(std::uint16_t port) {
    RawClient client(port);
    while (!stopping_) {
      auto [call, answer] = observe(client, request_text("GET", "/e"));
      const std::string word = answer.status() == 200 ? answer.body() : answer.refusal();
      call.fits = [word](const std::string& value) { return word == value; };
      calls_.push_back(std::move(call));
    }
  }

  std::atomic<bool> stopping_{false};
  std::vector<ObservedCall> calls_;  // of its thread, until it is joined
  Thread thread_;
};

ObservedCall at_time(int begin, int end) {
  const TimePoint zero{};
  return {.begin = zero + std::chrono::seconds(begin), .end = zero + std::chrono::seconds(end)};
}

ObservedCall wrote(int begin, int end, std::uint64_t number, const std::string& value) {
  ObservedCall call = at_time(begin, end);
  call.made = number;
  call.value = value;
  call.fits = [](const std::string&) { return true; };
  call.text = "wrote " + value;
  return call;
}

ObservedCall saw(int begin, int end, const std::string& value) {
  ObservedCall call = at_time(begin, end);
  call.fits = [value](const std::string& there) { return there == value; };
  call.text = "saw " + value;
  return call;
}

}  // namespace

TEST_SUITE("model") {
  TEST_CASE("78 five hundred creations and deletions of one tag at once are one after the other") {
    check_calls_at_once(1);
  }

  TEST_CASE("78 five hundred more are so too") {
    check_calls_at_once(1 + kClients);
  }

  TEST_CASE(
      "a change of weights under load loses no request, and each sees the weights of its time") {
    HostFixture host({"user_config_echo"});
    // Three: of two, what is late by one change could be early by one.
    const std::array<std::string, 3> arms{"left", "middle", "right"};
    create_arms(host, {arms[0], arms[1], arms[2]}, R"({"left":1})");
    const std::uint64_t before = revision_of(host.admin("GET", "/v1/app"));
    Looker one(host.data_port());
    Looker other(host.data_port());
    std::vector<ObservedCall> calls;
    RawClient client(host.admin_port());
    for (int i = 0; i < kWeights; ++i) {
      const std::string& arm = arms[(static_cast<std::size_t>(i) + 1) % arms.size()];
      auto [call, answer] = observe(
          client, request_text("PUT", "/v1/endpoints/e/traffic",
                               {{"Content-Type", "application/json"}}, "{\"" + arm + "\":1}"));
      REQUIRE(answer.status() == 200);
      call.made = revision_of(answer) - before;
      call.value = '"' + arm + '"';
      call.fits = [](const std::string&) { return true; };
      calls.push_back(std::move(call));
    }
    for (Looker* const looker : {&one, &other}) {
      for (ObservedCall& call : looker->stop()) calls.push_back(std::move(call));
    }
    CHECK(calls.size() > 2 * kWeights);
    CHECK(first_impossible(calls, R"("left")") == "");
  }

  TEST_CASE("linearizable: what overlaps may be seen or not, and what is over must be") {
    const ObservedCall first = wrote(0, 10, 1, "a");
    const ObservedCall second = wrote(20, 30, 2, "b");
    CHECK(first_impossible({first, second, saw(5, 6, ""), saw(7, 8, "a"), saw(25, 26, "b")}, "") ==
          "");
    CHECK(first_impossible({first, second, saw(5, 6, "a"), saw(7, 8, "")}, "") == "saw ");
    CHECK(first_impossible({first, second, saw(11, 12, "")}, "") == "saw ");
    CHECK(first_impossible({first, second, saw(11, 12, "b")}, "") == "saw b");
    CHECK(first_impossible({first, second, saw(31, 32, "a")}, "") == "saw a");
    CHECK(first_impossible({wrote(0, 10, 2, "a"), wrote(20, 30, 1, "b")}, "") == "wrote a");
    CHECK(first_impossible({first, wrote(20, 30, 1, "b")}, "").find("two have one number") !=
          std::string::npos);
  }
}

}  // namespace backplane::host
