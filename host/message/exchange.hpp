#pragma once

#include <cstdint>
#include <memory>

#include "host/base/clock.hpp"
#include "host/message/abandon_signal.hpp"
#include "host/message/call_chain.hpp"
#include "host/message/handler_fault.hpp"
#include "host/message/http_request.hpp"
#include "host/message/http_response.hpp"
#include "host/message/peer_address.hpp"
#include "host/message/piece_source.hpp"

namespace backplane::host {

class Exchange;

// Where a finished exchange goes back to: the io thread whose connection is waiting for it.
class CompletionSink {
 public:
  virtual ~CompletionSink() = default;
  // [any] Takes `exchange` back. Never blocks, never fails.
  virtual void push(Exchange& exchange) noexcept = 0;
  // [holder] It is known by when `exchange` must be answered: request.deadline. Before it is passed
  // to who serves it, and again if another one does.
  virtual void on_addressed(Exchange& /*exchange*/) noexcept {}
};

// What an HttpHandler remembers about an exchange between handle() and finish().
struct RouteState {};

// One request and the answer it is owed. Made, reused and destroyed by the session that read it;
// between HttpHandler::handle() and complete() it belongs to whoever holds it, one thread at a
// time, linked through `next`. Nothing is allocated to pass it on.
class Exchange {
 public:
  Exchange() = default;
  virtual ~Exchange() = default;
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  HttpRequest request;
  HttpResponse response;
  // Of a response that has more to come: who is asked for it, between two pieces.
  std::shared_ptr<PieceSource> pieces;

  Exchange* next = nullptr;     // the holder's list
  RouteState* route = nullptr;  // the HttpHandler's
  CompletionSink* home = nullptr;
  const PeerAddress* peer = nullptr;  // who asks, as long as the exchange is out; null: nobody
  // Of a call by a handler: the calls that led to it, itself among them. Null: a client asks.
  const CallChain* callers = nullptr;
  std::uint64_t executor = 0;  // RequestSink::id() of where it went

  TimePoint queued{};  // when a queue took it; a batch's wait counts from here
  // When it should be served, never after request.deadline: queues go by it. kNever: at its
  // deadline, like all that ask for nothing.
  TimePoint due = kNever;
  std::uint64_t batch_key = 0;  // requests with different keys never share an execute()

  // Written by the replica that ran it, read after completion.
  TimePoint started{};
  TimePoint finished{};
  std::uint32_t batch_size = 0;  // 0: never reached a handler
  HandlerFault fault = HandlerFault::kNone;

  // [holder] Gives the exchange back; it must not be touched afterwards.
  void complete() { home->push(*this); }

  // [who waits for it] Nobody waits for the answer any more: the client left, or its deadline
  // passed. The holder drops it where it is not running yet, and shows it to the handler where it
  // is.
  void abandon() {
    // First, so that who is told of the second finds that nothing is owed to it any more.
    calls_.raise();
    abandonment_.raise();
  }
  // [any] A hint: no other data is published through it.
  bool abandoned() const { return calls_.raised(); }
  // [who waits for it] The handler should come to an end, for its code is to go; the answer is
  // waited for all the same. Shown to the handler as abandon() is.
  void recall() {
    if (!abandonment_.raised()) abandonment_.raise();
  }
  // [any] Whether its handler should come to an end, for either reason. As abandoned().
  bool unwanted() const { return abandoned() || abandonment_.raised(); }
  // [holder] Where the holder can be told of it as it happens. Whoever listens forgets before
  // complete().
  AbandonSignal& abandonment() { return abandonment_; }
  // [holder] The same, a little earlier, for the calls that its handler makes meanwhile.
  AbandonSignal& calls() { return calls_; }

  // [io] Ready for the next request of the connection. Keeps the memory.
  void reset();

 private:
  AbandonSignal calls_;
  AbandonSignal abandonment_;
};

}  // namespace backplane::host
