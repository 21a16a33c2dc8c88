#include "tests/support/background_load.hpp"

#include <optional>
#include <utility>

#include <doctest/doctest.h>

#include "tests/support/answer.hpp"
#include "tests/support/gate.hpp"
#include "tests/support/host_fixture.hpp"

namespace backplane::host {
namespace {

constexpr int kConnections = 4;

std::string word_of(std::optional<RawResponse> response) {
  if (!response) return "closed";
  const Answer answer(std::move(*response));
  return answer.status() == 200 ? answer.body() : answer.refusal();
}

}  // namespace

BackgroundLoad::BackgroundLoad(std::uint16_t port, const std::string& target) {
  auto thread = Thread::start("load", ThreadRole::kNone,
                              [this, port, target] { run(port, request_text("GET", target)); });
  REQUIRE(thread.ok());
  thread_ = std::move(thread).value();
}

BackgroundLoad::~BackgroundLoad() {
  stop();
}

void BackgroundLoad::run(std::uint16_t port, const std::string& request) {
  std::vector<RawClient> clients;
  clients.reserve(kConnections);
  for (int i = 0; i < kConnections; ++i) clients.emplace_back(port);
  while (ask_all(clients, request)) {
  }
  MutexLock lock(mutex_);
  ended_ = true;
  changed_.notify_all();
}

bool BackgroundLoad::ask_all(std::vector<RawClient>& clients, const std::string& request) {
  for (RawClient& client : clients) client.send(request);
  std::vector<std::string> words;
  words.reserve(clients.size());
  for (RawClient& client : clients)
    words.push_back(word_of(client.read_response(false, kPatience)));
  MutexLock lock(mutex_);
  bool closed = false;
  for (const std::string& word : words) {
    ++answers_[word];
    closed = closed || word == "closed";
  }
  ++rounds_;
  changed_.notify_all();
  return !stopping_ && !closed;
}

bool BackgroundLoad::wait_answered(int count) {
  const TimePoint deadline = Clock::now() + kPatience;
  MutexLock lock(mutex_);
  // The round that is out now was sent before.
  const int wanted = rounds_ + 1 + (count + kConnections - 1) / kConnections;
  while (rounds_ < wanted && !ended_) {
    if (!changed_.wait_until(mutex_, deadline)) return false;
  }
  return rounds_ >= wanted;
}

std::map<std::string, int> BackgroundLoad::stop() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
  }
  thread_.join();
  MutexLock lock(mutex_);
  return answers_;
}

}  // namespace backplane::host
