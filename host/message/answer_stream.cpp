#include "host/message/answer_stream.hpp"

#include <algorithm>
#include <utility>

namespace backplane::host {
namespace {

void complete(Exchange* exchange) {
  if (exchange != nullptr) exchange->complete();
}

}  // namespace

void AnswerStream::begin(Exchange& exchange) {
  Exchange* loaded = nullptr;
  {
    MutexLock lock(mutex_);
    exchange.pieces = shared_from_this();
    waiting_.swap(exchange.response.body);
    exchange_ = here_ = &exchange;
    loaded = load();
  }
  complete(loaded);
}

AnswerStream::Written AnswerStream::write(std::string_view bytes, TimePoint deadline) {
  for (;;) {
    Exchange* loaded = nullptr;
    {
      MutexLock lock(mutex_);
      while (!is_over() && waiting_.size() >= room_) {
        if (deadline == kNever) {
          changed_.wait(mutex_);
        } else if (!changed_.wait_until(mutex_, deadline)) {
          break;
        }
      }
      if (is_over()) return Written::kAbandoned;
      if (waiting_.size() >= room_ || (deadline != kNever && Clock::now() >= deadline)) {
        return Written::kLate;
      }
      const std::size_t count = std::min(bytes.size(), room_ - waiting_.size());
      waiting_.append(bytes.substr(0, count));
      bytes.remove_prefix(count);
      loaded = load();
    }
    complete(loaded);
    if (bytes.empty()) return Written::kTaken;
  }
}

AnswerStream::Written AnswerStream::try_write(std::string_view bytes) {
  Exchange* loaded = nullptr;
  {
    MutexLock lock(mutex_);
    if (is_over()) return Written::kAbandoned;
    if (waiting_.size() >= room_) {
      room_again_.rearm();
      return Written::kFull;
    }
    waiting_.append(bytes);
    loaded = load();
  }
  complete(loaded);
  return Written::kTaken;
}

void AnswerStream::end(bool whole) {
  room_again_.forget();
  const std::shared_ptr<AnswerStream> self = shared_from_this();
  Exchange* loaded = nullptr;
  {
    MutexLock lock(mutex_);
    ended_ = true;
    whole_ = whole;
    exchange_ = nullptr;
    loaded = load();
  }
  changed_.notify_all();
  complete(loaded);
}

void AnswerStream::resume(Exchange& exchange) {
  // The exchange lets go of it with the last piece.
  const std::shared_ptr<AnswerStream> self = shared_from_this();
  Exchange* loaded = nullptr;
  {
    MutexLock lock(mutex_);
    here_ = &exchange;
    abandoned_ = abandoned_ || exchange.abandoned();
    if (abandoned_) waiting_.clear();
    loaded = load();
  }
  changed_.notify_all();
  room_again_.raise();
  complete(loaded);
}

bool AnswerStream::is_over() const {
  return ended_ || abandoned_ || (exchange_ != nullptr && exchange_->abandoned());
}

Exchange* AnswerStream::load() {
  if (here_ == nullptr || (waiting_.empty() && !ended_ && head_sent_)) return nullptr;
  head_sent_ = true;
  Exchange& exchange = *std::exchange(here_, nullptr);
  exchange.response.body.clear();
  exchange.response.body.swap(waiting_);
  exchange.response.more = !ended_;
  exchange.response.broken = ended_ && !whole_;
  if (ended_) exchange.pieces.reset();
  return &exchange;
}

}  // namespace backplane::host
