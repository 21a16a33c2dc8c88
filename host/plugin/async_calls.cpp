#include "host/plugin/async_calls.hpp"

#include "host/plugin/call_handle.hpp"

namespace backplane::host {
AsyncCalls::Place& AsyncCalls::take() {
  if (free_.empty()) return places_.emplace_back(*this);
  Place& place = *free_.front();
  free_.pop_front();
  return place;
}

std::span<bp_call* const> AsyncCalls::open(std::span<Exchange* const> exchanges,
                                           const AnswerLimits& limits, AnswerSink& sink) {
  handles_.clear();
  latest_.clear();
  const MutexLock lock(mutex_);
  for (Exchange* exchange : exchanges) {
    Place& place = take();
    place.epoch = (place.epoch + 1) % OpenCall::kEpochs;
    place.sink = &sink;
    place.slot.begin(*exchange, limits.max_body, limits.room);
    place.open(place.epoch);
    latest_.push_back(&place);
    handles_.push_back(to_handle(place, place.epoch));
  }
  return handles_;
}

void AsyncCalls::close_open(bp_status status, std::string_view message) {
  for (Place* place : latest_) {
    if (place->is_open(place->epoch)) complete(*place, place->epoch, status, message);
  }
}

void AsyncCalls::complete(OpenCall& call, std::uint32_t epoch, bp_status status,
                          std::string_view message) {
  if (!call.close(epoch, status, message)) {
    counts().double_completions.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  Exchange& exchange = call.slot.exchange();
  call.children.let_go(exchange);
  if (call.listens) exchange.abandonment().forget();
  if (exchange.abandoned()) counts().late_completions.fetch_add(1, std::memory_order_relaxed);
  answer_(call);
  static_cast<Place&>(call).sink->count(exchange);
  call.slot.pass_on(call.status == BP_OK);
  call.let_go();
}

void AsyncCalls::let_go(OpenCall& call) {
  auto& place = static_cast<Place&>(call);
  AnswerSink& sink = *place.sink;
  {
    const MutexLock lock(mutex_);
    free_.push_back(&place);
  }
  sink.leave();
}

}  // namespace backplane::host
