#include "host/plugin/answer_collector.hpp"

#include <utility>

#include "host/base/clock.hpp"

namespace backplane::host {

struct AnswerCollector::Asked : Exchange {
  std::string sent;
  Answer answer;
};

Result<std::unique_ptr<AnswerCollector>> AnswerCollector::start() {
  std::unique_ptr<AnswerCollector> collector(new AnswerCollector);
  auto thread =
      Thread::start("bp-io-trial", ThreadRole::kIo, [self = collector.get()] { self->run(); });
  if (!thread.ok()) return std::move(thread).error();
  collector->thread_ = std::move(thread).value();
  return collector;
}

AnswerCollector::~AnswerCollector() {
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
  }
  thread_.join();
}

std::vector<AnswerCollector::Answer> AnswerCollector::ask(HandlerInstance& instance,
                                                          const HandlerDescription& description,
                                                          std::span<const std::string> bodies,
                                                          std::chrono::milliseconds patience) {
  asked_.clear();
  std::vector<Exchange*> exchanges;
  exchanges.reserve(bodies.size());
  for (const std::string& body : bodies) {
    Asked& asked = *asked_.emplace_back(std::make_unique<Asked>());
    asked.sent = body;
    asked.home = this;
    HttpRequest& request = asked.request;
    request.method = "POST";
    request.path = request.route_path = "/";
    request.body = asked.sent;
    request.request_id = "trial";
    if (!body.empty()) {
      request.content_type = "application/json";
      request.headers.push_back({"Content-Type", request.content_type});
    }
    exchanges.push_back(&asked);
  }
  bool whole = true;
  if (description.async || description.streams) {
    instance.start(exchanges, *this);
    whole = wait_for_all(exchanges.size(), patience);
  } else {
    instance.execute(exchanges);
    for (const auto& asked : asked_) take_piece(*asked);
  }
  std::vector<Answer> answers;
  answers.reserve(asked_.size());
  const MutexLock lock(mutex_);
  for (const auto& asked : asked_) answers.push_back(whole ? std::move(asked->answer) : Answer());
  return answers;
}

void AnswerCollector::push(Exchange& exchange) noexcept {
  const MutexLock lock(mutex_);
  arrived_.push_back(&exchange);
  changed_.notify_all();
}

void AnswerCollector::count(Exchange& /*exchange*/) noexcept {}

void AnswerCollector::leave() noexcept {
  const MutexLock lock(mutex_);
  ++left_;
  changed_.notify_all();
}

void AnswerCollector::run() {
  for (;;) {
    Exchange* exchange = nullptr;
    {
      const MutexLock lock(mutex_);
      while (arrived_.empty() && !stopping_) changed_.wait(mutex_);
      if (arrived_.empty()) return;
      exchange = arrived_.front();
      arrived_.pop_front();
    }
    const bool more = exchange->response.more;
    take_piece(static_cast<Asked&>(*exchange));
    if (more) {
      exchange->pieces->resume(*exchange);
      continue;
    }
    const MutexLock lock(mutex_);
    ++ended_;
    changed_.notify_all();
  }
}

bool AnswerCollector::wait_for_all(std::size_t count, std::chrono::milliseconds patience) {
  const TimePoint deadline = Clock::now() + patience;
  const MutexLock lock(mutex_);
  while (ended_ < count || left_ < count) {
    if (!changed_.wait_until(mutex_, deadline)) return false;
  }
  ended_ = left_ = 0;
  return true;
}

void AnswerCollector::take_piece(Asked& asked) {
  Answer& answer = asked.answer;
  if (!answer.answered) {
    answer.status = asked.response.status;
    answer.head = asked.response.headers.wire();
  }
  answer.answered = true;
  // Written until the last piece has been given away.
  if (!asked.response.more) answer.fault = asked.fault;
  answer.body += asked.response.content();
  answer.cut_off = asked.response.broken;
  asked.response.body.clear();
  // Before the code that is to be told of it can go.
  asked.response.adopted.reset();
}

}  // namespace backplane::host
