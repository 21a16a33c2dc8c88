#include "host/batching/request_list.hpp"

#include <utility>

namespace backplane::host {

RequestList& RequestList::operator=(RequestList&& other) noexcept {
  if (this != &other) {
    drop();
    first_ = std::exchange(other.first_, nullptr);
    last_ = std::exchange(other.last_, nullptr);
    size_ = std::exchange(other.size_, 0);
  }
  return *this;
}

void RequestList::insert_by_due(PendingRequest&& request) {
  const TimePoint due = request.exchange().due;
  if (last_ == nullptr || last_->due <= due) return push_back(std::move(request));
  Exchange** place = &first_;
  while ((*place)->due <= due) place = &(*place)->next;
  Exchange& exchange = std::move(request).release();
  exchange.next = *place;
  *place = &exchange;
  ++size_;
}

void RequestList::append(RequestList&& other) {
  if (other.empty()) return;
  if (last_ == nullptr) {
    first_ = other.first_;
  } else {
    last_->next = other.first_;
  }
  last_ = std::exchange(other.last_, nullptr);
  other.first_ = nullptr;
  size_ += std::exchange(other.size_, 0);
}

void RequestList::drop() {
  // Each PendingRequest that goes out of scope here answers 500.
  while (!empty()) pop_front();
}

}  // namespace backplane::host
