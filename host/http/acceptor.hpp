#pragma once

#include <functional>

#include "host/base/clock.hpp"
#include "host/http/watch.hpp"
#include "host/message/peer_address.hpp"
#include "host/metrics/http_counters.hpp"

namespace backplane::host {

// Takes connections from one listening socket. Owned by an IoThread; its io thread. Nothing that
// accept() can fail with ends it: out of descriptors it pauses and goes on (faults.md 26).
class Acceptor final : private ReadyListener {
 public:
  using Adopt = std::function<void(Descriptor connection, const PeerAddress& peer)>;

  // [any] Before the loop runs. `adopt` is called for every connection.
  Acceptor(EventLoop& loop, Descriptor socket, HttpCounters& counters, Adopt adopt);

  // [io] Begins.
  void start();
  // [io] Goes on where a pause is over.
  void resume(TimePoint now);
  // [io] When resume() is due; kNever when there is no pause.
  TimePoint resume_at() const { return resume_at_; }
  // [io] Takes what already waits, whose clients have been told that they are connected, and
  // closes the socket.
  void stop();

 private:
  void on_readable() override;
  void on_writable() override {}

  // False: nothing more for now.
  bool accept_one();
  // Out of descriptors: the spare one lets the oldest waiting client be told instead of left.
  void shed_one();

  Watch watch_;
  HttpCounters& counters_;
  Adopt adopt_;
  Descriptor spare_;
  TimePoint resume_at_ = kNever;
};

}  // namespace backplane::host
