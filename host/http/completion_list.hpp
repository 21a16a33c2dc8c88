#pragma once

#include <atomic>
#include <thread>

#include "host/http/descriptor.hpp"
#include "host/message/exchange.hpp"

namespace backplane::host {

// Finished exchanges on their way back to one io thread: an intrusive stack that any thread
// pushes to and the io thread takes whole. Owned by an IoThread and destroyed after everybody
// who may push has been joined. Thread-safe.
//
// Memory order. push() links `next` and then publishes the exchange by a compare-exchange with
// release; pop_all() takes the stack by an exchange with acquire. Every compare-exchange that
// follows in the list's modification order is a read-modify-write and so continues the release
// sequence: the acquire sees what every pusher wrote to its exchange before push(). Nodes are
// only ever taken all at once, so there is no ABA. A wake cannot be lost: who finds the stack
// empty writes the eventfd after its exchange is in, and a write that came after the io thread's
// last wait is an edge that ends its next one. So nobody needs to read the eventfd.
class CompletionList : public CompletionSink {
 public:
  explicit CompletionList(Descriptor event) : event_(std::move(event)) {}

  // [any] Wakes the io thread when the list was empty, unless it is the caller itself, which
  // looks at the list before it sleeps.
  void push(Exchange& exchange) noexcept override;
  // [any] Wakes the io thread for another reason.
  void wake() noexcept;

  // [io] The calling thread is the one that takes.
  void set_owner() { owner_ = std::this_thread::get_id(); }
  // [io] The exchanges pushed since the last call, first pushed first, linked through `next`.
  Exchange* pop_all();
  // [io]
  bool empty() const { return head_.load(std::memory_order_relaxed) == nullptr; }
  int event_fd() const { return event_.get(); }

 private:
  std::atomic<Exchange*> head_{nullptr};
  Descriptor event_;
  // Written before the first exchange is handed out, so whoever pushes one sees it.
  std::thread::id owner_;
};

}  // namespace backplane::host
