#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "host/base/clock.hpp"
#include "host/base/result.hpp"
#include "host/http/descriptor.hpp"

namespace backplane::host {

class Watch;

// Waits for the descriptors of its Watches: one epoll set, edge-triggered, so that a connection
// that is served again and again costs no call but the wait itself. (Asio must arm every wait by a
// call of its own, which is a third of the system calls of a small request.) Owned by an IoThread;
// one thread, the one that calls run_turn().
class EventLoop {
 public:
  // [any] kUnavailable when the process has no descriptors left.
  static Result<EventLoop> create();

  // [io] Waits up to `max_wait` until something is ready, then tells all listeners whose
  // descriptors are, and returns. No watch may be destroyed by a listener that is told; a closed
  // one is told nothing.
  void run_turn(Duration max_wait);
  // [any] Readable while something that is watched has an edge that was not told yet.
  int epoll_fd() const { return epoll_.get(); }

 private:
  friend class Watch;
  explicit EventLoop(Descriptor epoll) : epoll_(std::move(epoll)) {}

  // False: the kernel has no room for it.
  bool add(int fd, std::uint32_t events, Watch& watch);
  void modify(int fd, std::uint32_t events, Watch& watch);
  void remove(int fd);
  // Tells `watch` in the next turn, which will not wait.
  void tell_next_turn(Watch& watch) { next_turn_.push_back(&watch); }
  void forget(Watch& watch);

  Descriptor epoll_;
  // Watches whose descriptors were left ready, and to which no new edge will point.
  std::vector<Watch*> next_turn_;
  std::vector<Watch*> this_turn_;  // kept for its memory
};

}  // namespace backplane::host
