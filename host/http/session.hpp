#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <sys/types.h>

#include "host/base/error.hpp"
#include "host/http/active_request.hpp"
#include "host/http/io_services.hpp"
#include "host/http/tls_stream.hpp"
#include "host/http/watch.hpp"

namespace backplane::host {

// One connection: reads requests one at a time, hands them over and writes the answers in their
// order. Owned by its IoThread, which destroys it when it is closed and no handler has its
// exchange; that io thread. Between two requests it holds neither buffer nor exchange.
class Session final : public PhaseHook, private ReadyListener {
 public:
  // [io] `counted`: the connection holds a place in the budget.
  Session(IoServices& services, Descriptor socket, const PeerAddress& peer, bool counted);
  ~Session() override;
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // [io] Waits for the first request.
  void start();
  // [io] Only for a connection over the limit: says so and is done.
  void reject();

  // [io] The exchange has come back from its handler.
  void on_completion();
  // [io] Sends what is due; what was left of a pipeline is read then.
  void send_answer();
  // [io] Its phase has lasted too long, or needs a look (in flight).
  void on_tick(TimePoint now);
  // [io] Half-closes an idle connection, so that nothing of ours is lost.
  void close_gently();
  // [io] Makes place for another connection, at once.
  void evict() { close(); }
  // [io] The server stops: 503 shutting_down for what is with a handler, then the end.
  void stop();

  bool closed() const { return closed_; }
  bool with_handler() const { return with_handler_; }

  // For the IoThread: where it keeps this session.
  std::size_t index = 0;

 private:
  void on_readable() override;
  void on_writable() override;

  // Reading.
  void read_request();
  void watch_ahead();
  void read_ahead();
  void read_linger();
  ssize_t receive_into(std::span<char> room);
  void on_end_of_stream();
  void advance();
  void on_head_done();
  void await_refusal();
  void hand_over();
  void acquire();
  void extend_body_deadline();
  void name_request();

  // TLS.
  void start_tls();
  void shake_hands();
  void end_tls();
  ssize_t receive_tls(std::span<char> room);

  // Answering.
  void refuse(const Refusal& refusal);
  void refuse(const Error& error);
  void respond(HttpResponse& response);
  void respond_piece(HttpResponse& response);
  void begin_pieces(HttpResponse& response);
  void want_piece();
  void ask_for_piece();
  void answer_unfinished(const Error& error);
  void queue_output();
  OutputBuffer::Sent send_output();
  // Best effort, for an interim answer.
  void say(std::string_view text);
  void on_answered();
  void next_request();

  // Ending.
  void linger();
  void on_client_gone();
  void close();
  void release();

  void enter(HttpPhase phase, Duration limit);
  void check_in_flight(TimePoint now);
  bool is_in(HttpPhase phase) const { return phase_ == phase; }
  // No byte of a request has been read.
  bool is_waiting() const { return is_in(HttpPhase::kFirstByte) || is_in(HttpPhase::kIdle); }

  IoServices& services_;
  Watch watch_;
  const PeerAddress peer_;
  std::unique_ptr<TlsStream> tls_;  // null in the clear, and once nothing may be said any more
  std::unique_ptr<ActiveRequest> active_;
  HttpPhase phase_ = HttpPhase::kFirstByte;
  bool counted_;
  bool listed_ = false;  // in a phase list
  bool closed_ = false;
  bool with_handler_ = false;  // the exchange is out
  bool answered_ = false;      // without waiting for the exchange: 504 or 503
  // The answer comes in pieces: its head has been written, and it has not ended.
  bool in_pieces_ = false;
  bool chunked_ = false;  // how its pieces are framed
  // Nothing but the end of the connection is that of the body, and it has not come: what ends it
  // now must not look like that.
  bool unframed_ = false;
  bool cut_off_ = false;  // the answer ends without its end
  bool keep_alive_ = true;
  bool must_linger_ = false;  // the client may still be sending
  bool half_closed_ = false;  // the client has sent its last byte
  bool probed_ = false;
  bool send_queued_ = false;
  std::uint64_t drained_ = 0;
};

}  // namespace backplane::host
