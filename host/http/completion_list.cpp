#include "host/http/completion_list.hpp"

#include <cstdint>
#include <utility>

namespace backplane::host {

void CompletionList::push(Exchange& exchange) noexcept {
  Exchange* head = head_.load(std::memory_order_relaxed);
  do {
    exchange.next = head;
  } while (!head_.compare_exchange_weak(head, &exchange, std::memory_order_release,
                                        std::memory_order_relaxed));
  if (head == nullptr && std::this_thread::get_id() != owner_) wake();
}

void CompletionList::wake() noexcept {
  const std::uint64_t one = 1;
  // It can only fail when the counter is full, and then the thread is awake anyway.
  static_cast<void>(!::write(event_.get(), &one, sizeof one));
}

Exchange* CompletionList::pop_all() {
  if (empty()) return nullptr;
  Exchange* taken = head_.exchange(nullptr, std::memory_order_acquire);
  Exchange* in_order = nullptr;
  while (taken != nullptr) {
    Exchange* const next = std::exchange(taken->next, in_order);
    in_order = std::exchange(taken, next);
  }
  return in_order;
}

}  // namespace backplane::host
