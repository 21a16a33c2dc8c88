#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

#include <backplane/abi.h>

#include "host/message/call_chain.hpp"
#include "host/message/exchange.hpp"
#include "host/plugin/call_deadlines.hpp"

namespace backplane::host {

class CallOwner;
class HandlerCalls;
struct OpenCall;

// Who hears of the answer to a call that a handler makes. A plain value.
struct CallListener {
  bp_invoked_fn done = nullptr;
  void* user = nullptr;
};

// One call that a handler makes of another one, and the answer that it is owed. Taken from and
// given back to a HandlerCalls. Held by whoever makes the answer, until it is whole, by the
// CallChildren of the parent's call, and by the CallDeadlines where it has a deadline; so each may
// be the first to be done with it. Thread-safe but for begin().
class ChildCall final : public Exchange, public CompletionSink, public TimedCall {
 public:
  explicit ChildCall(HandlerCalls& calls) : calls_of_host_(calls) {}

  // [any] Copies what is asked of `target` by `parent`, an open call, and inherits its deadline,
  // its request id and its trace. The parent's replica stays until the answer has been told.
  void begin(OpenCall& parent, std::string_view target, const bp_request& asked,
             const CallListener& listener);

  // [any] The answer, or a piece of it.
  void push(Exchange& exchange) noexcept override;
  // [whoever sends it on] Its deadline ends it from here on, whatever becomes of the parent.
  void on_addressed(Exchange& exchange) noexcept override;
  // [any] By the holder that it gives up: nobody waits for the parent's answer any more. The
  // listener is told now, whatever becomes of the call.
  void cancel();
  // [the thread of CallDeadlines] By the holder that it gives up: its deadline has passed. The
  // listener is told now.
  void expire();
  // [any] By the holder that it gives up: the parent was answered, and this goes on without it.
  void drop();

  // Of the parent's CallChildren.
  ChildCall* older = nullptr;
  ChildCall* newer = nullptr;
  bool listed = false;

 private:
  void copy(const HttpRequest& parent, std::string_view target, const bp_request& asked);
  void collect();
  void tell(unsigned http_status, std::string_view body);
  void tell_answer();
  // Nobody else tells the listener: false, somebody does or has done.
  bool claim();
  void forget_deadline();

  HandlerCalls& calls_of_host_;
  OpenCall* parent_ = nullptr;  // until it is told
  CallOwner* owner_ = nullptr;  // as parent_
  CallListener listener_;
  TimePoint inherited_ = kNever;  // the parent's
  TimePoint deadline_ = kNever;   // as it began; that of the request is whoever's serves it
  std::uint64_t max_body_ = 0;
  std::atomic<bool> told_{false};
  std::atomic<int> holders_{0};
  CallChain chain_;
  std::string bytes_;      // what the request's views point into
  std::string collected_;  // pieces of the answer
  bool too_large_ = false;
};

}  // namespace backplane::host
