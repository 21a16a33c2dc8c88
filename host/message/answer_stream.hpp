#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "host/base/clock.hpp"
#include "host/base/mutex.hpp"
#include "host/message/abandon_signal.hpp"
#include "host/message/exchange.hpp"
#include "host/message/piece_source.hpp"

namespace backplane::host {

// An answer that is sent while it is written: what is written waits here until the client has taken
// what came before. Shared; one writer at a time, any thread.
class AnswerStream final : public PieceSource, public std::enable_shared_from_this<AnswerStream> {
 public:
  enum class Written : std::uint8_t {
    kTaken,
    kFull,       // there is no room now
    kAbandoned,  // nobody reads any more, or it was ended meanwhile
    kLate,       // the deadline passed while there was no room
  };

  static constexpr std::size_t kDefaultRoom = std::size_t{1} << 20U;

  // `room` >= 1: bytes that may wait, beside those that are on their way to the client.
  explicit AnswerStream(std::size_t room) : room_(room) {}

  // [writer] Takes the exchange over, with the status, the headers and the beginning of the body
  // that stand in its response, and sends them on, be there a body yet or not.
  void begin(Exchange& exchange);
  // [writer] Copies. Blocks while there is no room, until `deadline`; past it nothing is taken.
  Written write(std::string_view bytes, TimePoint deadline);
  // [writer] The same without blocking: all of `bytes` or, when there is no room at all, nothing.
  Written try_write(std::string_view bytes);
  // [writer] Where there is room again after a kFull, or nobody reads any more, its callback runs
  // once.
  AbandonSignal& room_again() { return room_again_; }
  // [writer, or in a callback while that waits] The last word: nothing is written any more.
  // `whole`: the answer is, else the client is shown that it is not.
  void end(bool whole);

  void resume(Exchange& exchange) override;

 private:
  bool is_over() const BP_REQUIRES(mutex_);
  // Puts what waits into the exchange, if there is anything to say and the exchange is here to say
  // it. Gives the exchange to be completed, without the lock; null when there is none.
  Exchange* load() BP_REQUIRES(mutex_);

  const std::size_t room_;
  Mutex mutex_;
  CondVar changed_;
  AbandonSignal room_again_;
  // Until end(); it may be looked at, as long as it only is.
  const Exchange* exchange_ BP_GUARDED_BY(mutex_) = nullptr;
  Exchange* here_ BP_GUARDED_BY(mutex_) = nullptr;  // while it is not with the client's connection
  bool head_sent_ BP_GUARDED_BY(mutex_) = false;
  std::string waiting_ BP_GUARDED_BY(mutex_);
  bool abandoned_ BP_GUARDED_BY(mutex_) = false;
  bool ended_ BP_GUARDED_BY(mutex_) = false;
  bool whole_ BP_GUARDED_BY(mutex_) = false;
};

}  // namespace backplane::host
