#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <backplane/abi.h>
#include <backplane/detail/entry.hpp>
#include <backplane/detail/text.hpp>
#include <backplane/error.hpp>
#include <backplane/owned_call.hpp>
#include <backplane/request.hpp>

// Handlers that ask other handlers of the same host, in process. What one asks for a request ends
// with that request: it has its deadline, its request id and its trace, and is given up when nobody
// waits for the answer any more.
namespace backplane {

// What is asked of another handler, to be written with designated initializers:
//   ask(request, {.to = "prices", .body = request.body()})
// Views; copied by who asks.
struct Question {
  std::string_view to;  // the name of an endpoint, or "backend:" and the tag of a backend
  std::string_view body = {};
  std::string_view content_type = {};
  std::string_view method = "POST";
  std::string_view path = "/";
  std::string_view query = {};  // encoded, without "?"
  std::vector<std::pair<std::string_view, std::string_view>> headers = {};
  std::optional<std::chrono::steady_clock::time_point> deadline = {};  // where that is earlier
};

// What came of it. A plain value.
class Answer {
 public:
  Answer(bp_status status, std::uint32_t http_status, std::string body)
      : status_(status), http_status_(http_status), body_(std::move(body)) {}

  bool ok() const noexcept { return status_ == BP_OK; }
  // BP_OK below 400.
  bp_status status() const noexcept { return status_; }
  // As a client would get it.
  std::uint32_t http_status() const noexcept { return http_status_; }
  // Of the answer, or why there is none.
  const std::string& body() const noexcept { return body_; }
  // The body of a good answer. Throws Error with the status and the words of one that is not, which
  // fails the request that it was asked for alike.
  const std::string& value() const {
    if (!ok()) throw Error(status_, body_);
    return body_;
  }

 private:
  bp_status status_;
  std::uint32_t http_status_;
  std::string body_;
};

// Gives `question` to the host. Nothing: `done` will be called; else why not.
inline std::optional<Answer> invoke(const Request& request, const Question& question,
                                    bp_invoked_fn done, void* user) {
  const bp_host& host = request.host();
  const auto* const invoke =
      static_cast<const bp_invoke*>(host.get_extension(host.ctx, BP_INVOKE_EXTENSION));
  if (!BP_HAS(invoke, bp_invoke, invoke)) {
    return Answer(BP_UNSUPPORTED, 501, "this host has no '" BP_INVOKE_EXTENSION "'");
  }
  std::vector<bp_kv> fields;
  fields.reserve(question.headers.size());
  for (const auto& [name, value] : question.headers) {
    fields.push_back({to_bp_str(name), to_bp_str(value)});
  }
  bp_request asked{};
  asked.struct_size = sizeof(asked);
  asked.header_count = static_cast<std::uint32_t>(fields.size());
  asked.method = to_bp_str(question.method);
  asked.path = to_bp_str(question.path);
  asked.query = to_bp_str(question.query);
  asked.body = to_bp_str(question.body);
  asked.content_type = to_bp_str(question.content_type);
  asked.headers = fields.data();
  if (question.deadline) {
    const auto since = question.deadline->time_since_epoch();
    asked.deadline_ns = static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::nanoseconds>(since).count());
  }
  switch (invoke->invoke(host.ctx, request.call(), to_bp_str(question.to), &asked, done, user)) {
    case BP_OK:
      return std::nullopt;
    case BP_UNSUPPORTED:
      return Answer(BP_UNSUPPORTED, 501, "there is nobody to ask here");
    default:
      return Answer(BP_CONTRACT, 500, "the request has been answered already");
  }
}

// An answer that may not be there yet. Move-only. Whoever lets go of it unread waits for nothing.
class Asked {
 public:
  // Waits for the answer, but not beyond the end of the request that it was asked for: for handlers
  // that hold their replica while they wait. Once.
  Answer get() {
    const std::shared_ptr<State> state = std::move(state_);
    std::unique_lock lock(state->mutex);
    state->told.wait(lock, [&state] { return state->answer.has_value(); });
    return std::move(*state->answer);
  }

 private:
  friend Asked ask(const Request& request, const Question& question);

  struct State {
    std::mutex mutex;
    std::condition_variable told;
    std::optional<Answer> answer;
    std::shared_ptr<State> self;  // until the answer is there
  };

  static void take(void* user, bp_status status, std::uint32_t http_status, bp_str body) noexcept {
    State& state = *static_cast<State*>(user);
    const std::shared_ptr<State> self = std::move(state.self);
    const std::lock_guard lock(state.mutex);
    state.answer.emplace(status, http_status, std::string(to_view(body)));
    state.told.notify_all();
  }

  std::shared_ptr<State> state_ = std::make_shared<State>();
};

// Asks, and goes on meanwhile:
//   Asked price = ask(request, {.to = "prices", .body = item});
//   Asked stock = ask(request, {.to = "stock", .body = item});
//   return price.get().value() + stock.get().value();
inline Asked ask(const Request& request, const Question& question) {
  Asked asked;
  const std::shared_ptr<Asked::State> state = asked.state_;
  state->self = state;
  if (auto refused = invoke(request, question, &Asked::take, state.get())) {
    state->self.reset();
    state->answer = std::move(refused);
  }
  return asked;
}

// Asks, and `then(Answer)` is called once, on a thread of the host that must not be held up, or
// before this returns. What it throws is lost. For what a handler does beside its answer; what
// belongs to one is easier with gather().
template <typename Then>
void ask(const Request& request, const Question& question, Then then) {
  auto kept = std::make_unique<Then>(std::move(then));
  const bp_invoked_fn told = [](void* user, bp_status status, std::uint32_t http_status,
                                bp_str body) noexcept {
    const std::unique_ptr<Then> mine(static_cast<Then*>(user));
    guard([&] { (*mine)(Answer(status, http_status, std::string(to_view(body)))); },
          [](bp_status, std::string_view) {});
  };
  if (auto refused = invoke(request, question, told, kept.get())) {
    return (*kept)(std::move(*refused));
  }
  static_cast<void>(kept.release());
}

// Asks all at once, and waits for the answers, in the order of the questions.
inline std::vector<Answer> gather(const Request& request, const std::vector<Question>& questions) {
  std::vector<Asked> asked;
  asked.reserve(questions.size());
  for (const Question& question : questions) asked.push_back(ask(request, question));
  std::vector<Answer> answers;
  answers.reserve(questions.size());
  for (Asked& one : asked) answers.push_back(one.get());
  return answers;
}

// The questions that an OwnedCall waits for. Owns itself until they are answered.
template <typename Then>
class GatheredAnswers {
 public:
  static void begin(OwnedCall call, const std::vector<Question>& questions, Then then) {
    auto owned = std::unique_ptr<GatheredAnswers>(
        new GatheredAnswers(std::move(call), questions.size(), std::move(then)));
    GatheredAnswers& self = *owned.release();
    const Request request = self.call_.request();
    for (std::size_t i = 0; i < questions.size(); ++i) {
      Slot& slot = self.slots_[i];
      if (auto refused = invoke(request, questions[i], &GatheredAnswers::take, &slot)) {
        slot.answer = std::move(refused);
        self.one_less();
      }
    }
    self.one_less();
  }

 private:
  struct Slot {
    GatheredAnswers* of = nullptr;
    std::optional<Answer> answer;
  };

  GatheredAnswers(OwnedCall call, std::size_t count, Then then)
      : call_(std::move(call)), then_(std::move(then)), slots_(count), left_(count + 1) {
    for (Slot& slot : slots_) slot.of = this;
  }

  static void take(void* user, bp_status status, std::uint32_t http_status, bp_str body) noexcept {
    Slot& slot = *static_cast<Slot*>(user);
    slot.answer.emplace(status, http_status, std::string(to_view(body)));
    slot.of->one_less();
  }

  void one_less() noexcept {
    // acq_rel: the last one sees all answers.
    if (left_.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
    const std::unique_ptr<GatheredAnswers> self(this);
    const Request request = call_.request();
    // What `then` throws is the answer, as what a handler throws.
    Delivery delivery{.call = request.call()};
    Delivery* const outer = std::exchange(running_delivery, &delivery);
    guard(
        [this] {
          std::vector<Answer> answers;
          answers.reserve(slots_.size());
          for (Slot& slot : slots_) answers.push_back(std::move(*slot.answer));
          then_(std::move(call_), std::move(answers));
        },
        [&](bp_status status, std::string_view message) {
          if (delivery.returned) {
            request.host().call_complete(delivery.call, status, to_bp_str(message));
          }
        });
    running_delivery = outer;
  }

  OwnedCall call_;
  Then then_;
  std::vector<Slot> slots_;
  std::atomic<std::size_t> left_;  // and one while they are being asked
};

// Asks all at once, and `then(OwnedCall, std::vector<Answer>)` is called once, when the last answer
// is there, in the order of the questions; on a thread of the host that must not be held up, or
// before this returns. It answers the call, or keeps it; what it throws is the answer.
//   void operator()(backplane::OwnedCall call) {
//     const std::string body(call.request().body());
//     gather(std::move(call), {{.to = "a", .body = body}, {.to = "b", .body = body}},
//            [](backplane::OwnedCall call, std::vector<backplane::Answer> answers) {
//              call.reply(answers[0].value() + answers[1].value());
//            });
//   }
template <typename Then>
void gather(OwnedCall call, const std::vector<Question>& questions, Then then) {
  GatheredAnswers<Then>::begin(std::move(call), questions, std::move(then));
}

}  // namespace backplane
