#pragma once

#include <cstdint>

#include "host/http/descriptor.hpp"
#include "host/http/event_loop.hpp"

namespace backplane::host {

// Told when a watched descriptor is ready. Both are calls on the loop's thread.
class ReadyListener {
 public:
  virtual ~ReadyListener() = default;
  // [io] Reading may find something: bytes, an end, an error, or after all nothing.
  virtual void on_readable() = 0;
  // [io] The same for writing.
  virtual void on_writable() = 0;
};

// One descriptor that a listener waits for. Owned by that listener; its loop's thread.
//
// The kernel tells each edge once: from "nothing to read" to "something". So the watch remembers
// that there may be something until its listener says read_drained(), and a want_read() before
// that is answered from the next turn without asking the kernel.
class Watch {
 public:
  // [io] Takes `descriptor` over. Both others must outlive the watch.
  Watch(EventLoop& loop, Descriptor descriptor, ReadyListener& listener);
  ~Watch() { close(); }
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  // [io] One call of on_readable() from a later turn; asking twice is asking once.
  void want_read();
  // [io] The listener has taken all there was: a read found nothing, or less than it had room for.
  // Saying nothing costs one call of on_readable() for nothing.
  void read_drained();
  // [io] One call of on_writable() from a later turn, after a write that did not fit.
  void want_write();
  // [io] Closes the descriptor. The listener is not called any more.
  void close();
  // [io] -1 once closed, or when the kernel refused to watch it.
  int fd() const { return descriptor_.get(); }

 private:
  friend class EventLoop;

  // [io] What the kernel found.
  void on_events(std::uint32_t events);
  // [io] What want_read() left for this turn.
  void on_next_turn();
  void tell_readable();

  EventLoop& loop_;
  Descriptor descriptor_;
  ReadyListener& listener_;
  bool wants_read_ = false;
  bool wants_write_ = false;
  bool may_read_ = false;
  bool listed_ = false;        // by the loop, for the next turn
  bool ended_ = false;         // no further edge will come, and reading never finds nothing
  bool writes_armed_ = false;  // the kernel has been asked about writing
};

}  // namespace backplane::host
