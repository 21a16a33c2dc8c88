#pragma once

#include <cstdint>

#include "host/message/exchange.hpp"

namespace backplane::host {

// What a handler says to a request whose body has not arrived yet.
enum class EarlyVerdict : std::uint8_t {
  kReadBody,  // go on: handle() will have it whole
  kRefused,   // exchange.response holds a refusal; handle() and finish() are not called
  kTaken,     // as handle() takes it, to be refused in its time; the body is not read
};

// The seam between sockets and logic: a request in, an answer out, exactly once. Each io thread
// has an instance of its own, so implementations keep per-thread state in plain members.
class HttpHandler {
 public:
  virtual ~HttpHandler() = default;

  // [io] Takes `exchange`, whose request is whole, and sees to it that complete() is called on it
  // exactly once, from any thread, now or later. Never blocks. May only gather: what it holds
  // back must be on its way when flush() returns. Sets request.deadline where there is one.
  virtual void handle(Exchange& exchange) = 0;

  // [io] The head has arrived and a body is still to come (method, paths, query and headers are
  // set, body is not).
  virtual EarlyVerdict refuse_early(Exchange& exchange) = 0;

  // [io] The requests of this turn of the event loop have all been handed over. Called at the end
  // of every turn that handed over or took back any, and about ten times a second beside, so that
  // an idle thread lets go of what it no longer needs.
  virtual void flush() = 0;

  // [io] The piece that `exchange` was completed with (HttpResponse::more) has been sent: complete
  // it again, from any thread, with the next piece or the last. When it is abandoned() nobody reads
  // on: then complete it soon, with anything. Only for handlers that answer in pieces.
  virtual void resume(Exchange& exchange) { exchange.complete(); }

  // [io] Asked ten times a second while `exchange` is out, or answered in pieces: whether whoever
  // works on it should come to an end (Exchange::recall()).
  virtual bool is_recalled(const Exchange& /*exchange*/) const { return false; }

  // [io] `exchange` came back and is about to be written: the place to count it and to add header
  // fields. Also called for abandoned ones, whose answer nobody will see; and for each piece.
  virtual void finish(Exchange& exchange) = 0;
};

}  // namespace backplane::host
