#include <string>
#include <utility>

#include "host/http/response_writer.hpp"
#include "host/http/session.hpp"
#include "host/http/socket_io.hpp"
#include "host/message/error_response.hpp"

// What a Session says, and what follows when it has been said.

namespace backplane::host {

void Session::refuse(const Refusal& refusal) {
  services_.counters.parse_errors[static_cast<std::size_t>(refusal.fault)].add();
  if (refusal.fault == HttpFault::kTransferEncoding) services_.counters.desync_refused.add();
  refuse(Error(refusal.code, std::string(refusal.reason), std::string(refusal.detail)));
}

void Session::refuse(const Error& error) {
  // An idle connection may be closed to make room; one that is owed an answer may not.
  if (is_waiting()) enter(HttpPhase::kHead, services_.config.head_timeout);
  name_request();
  services_.counters.rejected[http_status_of(error.code())].add();
  active_->response.clear();
  fill_error_response(error, active_->request.request_id.view(), active_->response);
  // Where the next request would begin is not known any more.
  keep_alive_ = false;
  must_linger_ = true;
  respond(active_->response);
}

void Session::respond(HttpResponse& response) {
  const std::size_t request_bytes = active_->reader.request_bytes();
  const bool whole = request_bytes > 0;
  // Who has sent its last byte is still owed the answers to what it sent before.
  const bool last = half_closed_ && active_->buffer.size() == request_bytes;
  if (services_.draining || last) {
    must_linger_ = must_linger_ || (keep_alive_ && !last);
    keep_alive_ = false;
  }
  AnswerFrame frame;
  frame.date = services_.date.text();
  frame.request_id = active_->request.request_id.view();
  frame.is_head = active_->reader.is_head(active_->buffer);
  frame.close = !keep_alive_;
  frame.say_keep_alive = keep_alive_ && whole && active_->reader.minor_version() == 0;
  frame.sized = !response.unsized;
  const bool left = write_response(response, frame, active_->output.text());
  if (left && response.adopted.empty()) {
    active_->output.set_body(std::move(response.body));
  } else if (left) {
    active_->output.set_body(std::move(response.adopted));
  }
  response.adopted.reset();
  queue_output();
}

// Answers in place of a handler that still has the exchange: the response there is not ours to
// write, and the request may only be read.
void Session::answer_unfinished(const Error& error) {
  answered_ = true;
  active_->abandon();
  services_.counters.rejected[http_status_of(error.code())].add();
  HttpResponse response;
  fill_error_response(error, active_->request.request_id.view(), response);
  keep_alive_ = false;
  must_linger_ = true;
  respond(response);
}

void Session::queue_output() {
  if (send_queued_) return;
  send_queued_ = true;
  services_.to_send.push_back(this);
}

OutputBuffer::Sent Session::send_output() {
  return tls_ == nullptr ? active_->output.send(watch_.fd()) : active_->output.send(*tls_);
}

void Session::say(std::string_view text) {
  if (tls_ == nullptr) return send_now(watch_.fd(), text);
  tls_->send_now(text);
}

void Session::on_completion() {
  with_handler_ = false;
  services_.handler.finish(*active_);
  services_.needs_flush = true;
  // Whoever makes pieces that nobody reads hears of the end when it is asked for the next one.
  if ((closed_ || answered_) && active_->response.more) return ask_for_piece();
  if (closed_) return release();
  if (answered_) {
    if (active_->output.empty()) release();
    return;
  }
  const HttpResponse& response = active_->response;
  if (in_pieces_ || response.more || response.broken) return respond_piece(active_->response);
  respond(active_->response);
}

// A piece of an answer whose length nobody knows yet.
void Session::respond_piece(HttpResponse& response) {
  if (!in_pieces_) begin_pieces(response);
  if (response.broken) {
    // The end of the connection without that of the chunks, or a reset where there are none, is
    // what tells (RFC 9112 8).
    keep_alive_ = false;
    cut_off_ = true;
  }
  if (chunked_) {
    write_chunk(response.body, active_->output.text());
    if (!response.more && !response.broken) write_last_chunk(active_->output.text());
  } else {
    active_->output.set_body(std::move(response.body));
  }
  in_pieces_ = response.more;
  queue_output();
}

void Session::begin_pieces(HttpResponse& response) {
  in_pieces_ = true;
  chunked_ = active_->reader.minor_version() > 0;
  // Without chunks, which HTTP/1.0 does not know, the end of the connection is that of the body.
  unframed_ = !chunked_;
  const bool goes_on = keep_alive_ && chunked_ && !services_.draining && !half_closed_;
  must_linger_ = must_linger_ || (keep_alive_ && !goes_on);
  keep_alive_ = goes_on;
  AnswerFrame frame;
  frame.date = services_.date.text();
  frame.request_id = active_->request.request_id.view();
  frame.close = !keep_alive_;
  frame.chunked = chunked_;
  frame.sized = false;
  std::string piece = std::exchange(response.body, {});
  write_response(response, frame, active_->output.text());
  response.body = std::move(piece);
}

void Session::want_piece() {
  active_->output.clear();
  enter(HttpPhase::kInFlight, Duration::max());
  deadline = active_->request.deadline;
  ask_for_piece();
  watch_ahead();
}

void Session::ask_for_piece() {
  active_->response.body.clear();
  with_handler_ = true;
  services_.handler.resume(*active_);
  services_.needs_flush = true;
}

void Session::send_answer() {
  send_queued_ = false;
  if (closed_ || active_ == nullptr) return;
  const std::size_t before = active_->output.sent();
  switch (send_output()) {
    case OutputBuffer::Sent::kAll:
      return on_answered();
    case OutputBuffer::Sent::kFailed:
      return on_client_gone();
    case OutputBuffer::Sent::kBlocked:
      break;
  }
  // The stall is measured from the last byte that the client took.
  if (!is_in(HttpPhase::kWrite) || active_->output.sent() > before) {
    enter(HttpPhase::kWrite, services_.config.write_stall_timeout);
  }
  watch_.want_write();
}

void Session::on_writable() {
  if (is_in(HttpPhase::kWrite)) send_answer();
  if (is_in(HttpPhase::kHandshake)) shake_hands();
}

void Session::on_answered() {
  if (in_pieces_) return want_piece();
  if (cut_off_) return close();
  unframed_ = false;
  if (keep_alive_) return next_request();
  const bool sent_more = with_handler_ || active_->buffer.size() > active_->reader.request_bytes();
  if (half_closed_ || (!must_linger_ && !sent_more)) return close();
  linger();
}

void Session::next_request() {
  if (active_->buffer.size() == active_->reader.request_bytes()) {
    if (half_closed_) return close();
    release();
    enter(HttpPhase::kIdle, services_.config.idle_timeout);
    return watch_.want_read();
  }
  active_->reader.finish(active_->buffer);
  active_->reset();
  enter(HttpPhase::kHead, services_.config.head_timeout);
  active_->request.received_at = since;
  advance();
  if (send_queued_ || (!is_in(HttpPhase::kHead) && !is_in(HttpPhase::kBody))) return;
  if (half_closed_) return on_end_of_stream();
  watch_.want_read();
}

}  // namespace backplane::host
