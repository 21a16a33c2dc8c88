#pragma once

#include <chrono>
#include <deque>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "host/base/mutex.hpp"
#include "host/base/result.hpp"
#include "host/base/thread.hpp"
#include "host/message/exchange.hpp"
#include "host/plugin/answer_sink.hpp"
#include "host/plugin/handler_factory.hpp"

namespace backplane::host {

// Asks a handler as the host does and takes its answers where the host's connections would: from
// any thread, whole or in pieces, now or later. Owned by a trial, on the thread of its replica.
class AnswerCollector final : private CompletionSink, private AnswerSink {
 public:
  // What came of one request.
  struct Answer {
    bool answered = false;
    unsigned status = 0;
    HandlerFault fault = HandlerFault::kNone;
    std::string head;  // the wire form of its headers
    std::string body;
    bool cut_off = false;  // of an answer in pieces: it has no end
  };

  // Starts the thread that takes what comes in pieces.
  static Result<std::unique_ptr<AnswerCollector>> start();
  // Every request must be answered.
  ~AnswerCollector() override;

  // [replica] Gives requests with these bodies to one call of `instance`, and waits for what it
  // answers later, for at most `patience`. Where an answer is missing in the end, the instance may
  // not be used any more, nor may it or this be destroyed.
  std::vector<Answer> ask(HandlerInstance& instance, const HandlerDescription& description,
                          std::span<const std::string> bodies, std::chrono::milliseconds patience);

 private:
  struct Asked;

  AnswerCollector() = default;

  void push(Exchange& exchange) noexcept override;
  void count(Exchange& exchange) noexcept override;
  void leave() noexcept override;

  void run();
  // False: it does not end in time.
  bool wait_for_all(std::size_t count, std::chrono::milliseconds patience);
  static void take_piece(Asked& asked);

  std::vector<std::unique_ptr<Asked>> asked_;  // of the last ask()
  Mutex mutex_;
  CondVar changed_;
  std::deque<Exchange*> arrived_ BP_GUARDED_BY(mutex_);
  std::size_t ended_ BP_GUARDED_BY(mutex_) = 0;
  std::size_t left_ BP_GUARDED_BY(mutex_) = 0;
  bool stopping_ BP_GUARDED_BY(mutex_) = false;
  Thread thread_;  // last: the rest is there as long as it runs
};

}  // namespace backplane::host
