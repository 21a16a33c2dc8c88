#pragma once

#include "host/message/exchange.hpp"

namespace backplane::host {

// Gets back what a handler answers after its execute() has returned. Thread-safe.
class AnswerSink {
 public:
  virtual ~AnswerSink() = default;

  // [any] The answer is made, and goes to whoever waits for it when this returns. Of an answer in
  // pieces the last may be missing, and the body is not to be looked at.
  virtual void count(Exchange& exchange) noexcept = 0;
  // [any] Once for each count(), after it and on the same thread, as the last thing that is done
  // for that call: its room is free, and nothing of the handler is used for it any more.
  virtual void leave() noexcept = 0;
};

}  // namespace backplane::host
