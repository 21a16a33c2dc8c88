#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include <backplane/abi.h>

#include "host/base/mutex.hpp"
#include "host/plugin/answer_sink.hpp"
#include "host/plugin/open_call.hpp"

namespace backplane::host {

// How much of an answer may be held, in bytes. A plain value.
struct AnswerLimits {
  std::uint64_t max_body = 0;
  std::size_t room = 0;  // of one in pieces; 0: there are none
};

// The calls that one replica has out with its plugin, of a handler that may complete them after it
// returned, in any order and from any thread. Owned by a LoadedHandler, which outlives them all.
class AsyncCalls final : public CallOwner {
 public:
  // `answer` makes the answer of a call that was completed, on the thread that did.
  AsyncCalls(ContractCounts& counts, const LogPlace& place, std::shared_ptr<const void> code,
             std::function<void(OpenCall&)> answer)
      : CallOwner(counts, place, std::move(code)), answer_(std::move(answer)) {}

  // [replica] Opens one call for each exchange; each is given to `sink` when it is over, at once
  // where the plugin completes it at once. What the plugin gets: stays until the next open().
  std::span<bp_call* const> open(std::span<Exchange* const> exchanges, const AnswerLimits& limits,
                                 AnswerSink& sink);
  // [replica] Completes what is still open of the last open(): the plugin has kept nothing of it.
  void close_open(bp_status status, std::string_view message);

  void complete(OpenCall& call, std::uint32_t epoch, bp_status status,
                std::string_view message) override;
  void let_go(OpenCall& call) override;

 private:
  struct Place final : OpenCall {
    using OpenCall::OpenCall;

    std::uint32_t epoch = 0;  // of its latest use
    AnswerSink* sink = nullptr;
  };

  Place& take() BP_REQUIRES(mutex_);

  const std::function<void(OpenCall&)> answer_;
  std::vector<bp_call*> handles_;  // of the last open()
  std::vector<Place*> latest_;     // as handles_
  Mutex mutex_;
  std::deque<Place> places_ BP_GUARDED_BY(mutex_);  // addresses stay
  // The one that has been free the longest goes first: the later a place is used again, the later
  // could a handle that the plugin should have forgotten be taken for a new one.
  std::deque<Place*> free_ BP_GUARDED_BY(mutex_);
};

}  // namespace backplane::host
