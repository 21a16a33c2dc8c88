#pragma once

#include <memory>

#include "host/base/clock.hpp"
#include "host/base/result.hpp"
#include "host/http/descriptor.hpp"

namespace backplane::host {

// Told when a watched descriptor is ready. Both are calls on the loop's thread.
class ReadyListener {
 public:
  virtual ~ReadyListener() = default;
  // [io] Reading will not block; it may find an end or an error.
  virtual void on_readable() = 0;
  // [io] Writing will not block.
  virtual void on_writable() = 0;
};

// Waits for descriptors: one Asio io_context, the only place of this part that knows Asio. Owned
// by an IoThread; one thread, the one that calls run_turn().
class EventLoop {
 public:
  class Watch;

  // [any] kUnavailable when the process has no descriptors left.
  static Result<std::unique_ptr<EventLoop>> create();
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  // [io] Waits up to `max_wait` until something is ready, then tells all listeners whose
  // descriptors are, and returns.
  void run_turn(Duration max_wait);

 private:
  struct Context;
  explicit EventLoop(std::unique_ptr<Context> context);

  std::unique_ptr<Context> context_;
};

// One descriptor that a listener waits for. Owned by that listener, which must not destroy it
// while it is busy(); its loop's thread.
class EventLoop::Watch {
 public:
  // [io] Takes `descriptor` over. Both others must outlive the watch.
  Watch(EventLoop& loop, Descriptor descriptor, ReadyListener& listener);
  ~Watch();
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  // [io] One call of on_readable() from a later turn; asking twice is asking once.
  void want_read();
  // [io] The same for on_writable().
  void want_write();
  // [io] Closes the descriptor. The listener is not called any more, but the loop needs another
  // turn until the watch is not busy().
  void close();
  bool busy() const;
  // [io] -1 once closed, or when the kernel refused to watch it.
  int fd() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace backplane::host
