#pragma once

#include <utility>

#include "tests/support/answer.hpp"
#include "tests/support/gate.hpp"
#include "tests/support/raw_client.hpp"

namespace backplane::host {

// A request that was sent on a connection of its own and is not answered yet: what a test has
// instead of a thread that waits. Owned by the test case; its thread.
class PendingAnswer {
 public:
  PendingAnswer(RawClient client, bool to_head) : client_(std::move(client)), to_head_(to_head) {}

  // Blocks until the answer is there; none (status 0) when the connection ends before or that
  // takes over kPatience. Once.
  Answer get() { return get_within(kPatience); }
  Answer get_within(Duration wait) {
    auto response = client_.read_response(to_head_, wait);
    return response ? Answer(std::move(*response)) : Answer();
  }
  // Leaves without waiting for it.
  void abandon() { client_.close(); }

 private:
  RawClient client_;
  bool to_head_;
};

}  // namespace backplane::host
