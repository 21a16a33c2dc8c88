#include "host/batching/request_queue.hpp"

#include <utility>

namespace backplane::host {

const Exchange* RequestQueue::Cursor::next() {
  const Exchange*& first = timed_goes_first(timed_, plain_) ? timed_ : plain_;
  const Exchange* const found = first;
  if (found != nullptr) first = found->next;
  return found;
}

RequestList RequestQueue::take_all() {
  RequestList all;
  while (!empty()) all.push_back(pop_front());
  return all;
}

}  // namespace backplane::host
