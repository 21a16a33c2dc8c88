#pragma once

#include <cstddef>
#include <vector>

#include "host/batching/request_sink.hpp"

namespace backplane::host {

// The requests of one turn of the loop, held back for each sink until its end, so that one push
// submits them. Owned by one Router; its io thread. What it still holds when it goes is answered
// 500.
class Gathering {
 public:
  // What one sink is to be given.
  struct Burst {
    RequestSink* sink;
    RequestList requests;
  };

  // `sink` must live until its burst has been taken.
  void add(RequestSink& sink, Exchange& exchange);
  // How many are held for `sink`.
  std::size_t held_for(const RequestSink& sink) const;

  bool empty() const { return bursts_.empty(); }
  // One sink's requests. Not when empty.
  Burst take();

 private:
  // A turn goes to a handful of backends at most, so a scan beats a map.
  std::vector<Burst> bursts_;
};

}  // namespace backplane::host
