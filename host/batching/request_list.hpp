#pragma once

#include <cstddef>
#include <utility>

#include "host/batching/pending_request.hpp"

namespace backplane::host {

// A first-in, first-out list of requests that owe an answer, linked through the exchanges
// themselves, so that nothing is allocated to queue one. Move-only; one thread at a time. A list
// that is dropped answers 500 for each request in it.
class RequestList {
 public:
  RequestList() = default;
  RequestList(RequestList&& other) noexcept
      : first_(std::exchange(other.first_, nullptr)),
        last_(std::exchange(other.last_, nullptr)),
        size_(std::exchange(other.size_, 0)) {}
  RequestList& operator=(RequestList&& other) noexcept;
  ~RequestList() {
    if (!empty()) drop();
  }

  bool empty() const { return first_ == nullptr; }
  std::size_t size() const { return size_; }
  // The oldest request, still in the list; null when empty. Follow `next` to look further.
  Exchange* front() const { return first_; }

  void push_back(PendingRequest&& request) {
    Exchange& exchange = std::move(request).release();
    exchange.next = nullptr;
    (last_ == nullptr ? first_ : last_->next) = &exchange;
    last_ = &exchange;
    ++size_;
  }
  // Behind those that are due no later (Exchange::due), in a list that is in that order. The end
  // is tried first; else it walks from the front.
  void insert_by_due(PendingRequest&& request);
  // Invalid when the list is empty.
  PendingRequest pop_front() {
    if (first_ == nullptr) return {};
    Exchange& exchange = *first_;
    first_ = exchange.next;
    if (first_ == nullptr) last_ = nullptr;
    exchange.next = nullptr;
    --size_;
    return PendingRequest(exchange);
  }
  // Moves all of `other` to the end of this list.
  void append(RequestList&& other);

 private:
  void drop();

  Exchange* first_ = nullptr;
  Exchange* last_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace backplane::host
