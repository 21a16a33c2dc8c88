#include "host/http/io_thread.hpp"

#include <algorithm>
#include <ctime>
#include <fcntl.h>
#include <sys/eventfd.h>
#include <utility>

namespace backplane::host {
namespace {

constexpr std::chrono::milliseconds kTick{100};
// While draining: a connection that was served a moment ago may have its next request under way,
// and would lose it. Its client sees "close" on that answer and goes.
constexpr std::chrono::milliseconds kDrainGrace{500};
// Clients over the limit that are being told so at one time; more are cut off.
constexpr std::size_t kMaxRejecting = 64;
// Answers that come back while answers are written are written in the same turn, so many times.
constexpr int kRoundsPerTurn = 16;

}  // namespace

Result<std::unique_ptr<IoThread>> IoThread::create(Setup&& setup) {
  auto loop = EventLoop::create();
  if (!loop.ok()) return std::move(loop).error();
  Descriptor event(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
  if (!event.is_open()) return Error(ErrorCode::kUnavailable, "no descriptor for an eventfd");
  return std::unique_ptr<IoThread>(
      new IoThread(std::move(setup), std::move(loop).value(), std::move(event)));
}

IoThread::IoThread(Setup&& setup, EventLoop&& loop, Descriptor event)
    : name_(std::move(setup.name)),
      loop_(std::move(loop)),
      handler_(std::move(setup.handler)),
      completions_(std::move(event)),
      on_change_(std::move(setup.on_change)),
      services_{setup.config, loop_, *handler_, completions_, setup.budget, counters_, setup.tls},
      // The watch closes what it watches, and whoever completes an exchange needs the other one.
      wake_watch_(loop_, Descriptor(::fcntl(completions_.event_fd(), F_DUPFD_CLOEXEC, 0)), *this),
      acceptor_(loop_, std::move(setup.socket), counters_,
                [this](Descriptor connection, const PeerAddress& peer) {
                  adopt(std::move(connection), peer);
                }) {}

IoThread::~IoThread() {
  stop();
}

Status IoThread::start() {
  ended_.store(false, std::memory_order_relaxed);
  auto thread = Thread::start(name_, ThreadRole::kIo, [this] {
    run();
    ended_.store(true, std::memory_order_release);
    on_change_();
  });
  if (!thread.ok()) {
    ended_.store(true, std::memory_order_relaxed);
    return std::move(thread).error();
  }
  thread_ = std::move(thread).value();
  return {};
}

void IoThread::begin_drain() {
  order_.store(Order::kDrain, std::memory_order_release);
  completions_.wake();
}

void IoThread::begin_stop() {
  order_.store(Order::kStop, std::memory_order_release);
  completions_.wake();
}

void IoThread::stop() {
  if (!thread_.joinable()) return;
  begin_stop();
  thread_.join();
}

bool IoThread::collect_rest() {
  while (!completions_.empty()) take_completions();
  return std::none_of(sessions_.begin(), sessions_.end(),
                      [](const auto& session) { return session->with_handler(); });
}

void IoThread::on_readable() {
  // Each wake is an edge of its own, so the eventfd need not be read.
  wake_watch_.read_drained();
  wake_watch_.want_read();
}

void IoThread::run() {
  completions_.set_owner();
  services_.date.refresh(std::time(nullptr));
  next_tick_ = Clock::now();
  wake_watch_.want_read();
  acceptor_.start();
  while (order_.load(std::memory_order_acquire) != Order::kStop) turn();
  shut_down();
}

void IoThread::turn() {
  services_.forget_now();
  loop_.run_turn(time_to_sleep());
  const TimePoint now = services_.now();
  if (order_.load(std::memory_order_acquire) == Order::kDrain && !services_.draining) {
    services_.draining = true;
    acceptor_.stop();
    drain_idle();
  }
  if (now >= acceptor_.resume_at()) acceptor_.resume(now);
  if (now >= next_tick_) tick();
  work_through();
  sweep();
}

Duration IoThread::time_to_sleep() const {
  // What the thread itself completed has woken nobody.
  if (!completions_.empty() || services_.needs_flush) return Duration::zero();
  const TimePoint now = Clock::now();
  const TimePoint next = std::min(next_tick_, acceptor_.resume_at());
  return std::max(next - now, Duration::zero());
}

void IoThread::work_through() {
  flush_handler();
  for (int round = 0; round < kRoundsPerTurn; ++round) {
    take_completions();
    send_answers();
    flush_handler();
    if (completions_.empty()) return;
  }
}

void IoThread::flush_handler() {
  if (std::exchange(services_.needs_flush, false)) handler_->flush();
}

void IoThread::take_completions() {
  Exchange* exchange = completions_.pop_all();
  while (exchange != nullptr) {
    Exchange* const next = exchange->next;
    // Only sessions hand exchanges out with this list as their home.
    static_cast<ActiveRequest*>(exchange)->session->on_completion();
    exchange = next;
  }
}

void IoThread::send_answers() {
  // By index: what is read behind an answer may be refused at once and join the list.
  for (std::size_t i = 0; i < services_.to_send.size(); ++i) services_.to_send[i]->send_answer();
  services_.to_send.clear();
}

void IoThread::tick() {
  next_tick_ = services_.now() + kTick;
  services_.date.refresh(std::time(nullptr));
  tick_phase(HttpPhase::kHandshake, true);
  tick_phase(HttpPhase::kFirstByte, true);
  tick_phase(HttpPhase::kIdle, true);
  tick_phase(HttpPhase::kHead, true);
  tick_phase(HttpPhase::kBody, false);
  tick_phase(HttpPhase::kInFlight, false);
  tick_phase(HttpPhase::kWrite, false);  // of answers in pieces some may be recalled
  tick_phase(HttpPhase::kLinger, true);
  if (services_.draining) drain_idle();
  services_.needs_flush = true;  // ten times a second, whatever happens
}

// `in_order`: all have the same limit, so the first that is in time ends the search.
void IoThread::tick_phase(HttpPhase phase, bool in_order) {
  const TimePoint now = services_.now();
  PhaseHook* hook = services_.phase(phase).front();
  while (hook != nullptr) {
    PhaseHook* const next = PhaseList::after(*hook);
    if (in_order && now < hook->deadline && hook->deadline != kNever) return;
    static_cast<Session*>(hook)->on_tick(now);
    hook = next;
  }
}

void IoThread::drain_idle() {
  const TimePoint now = services_.now();
  for (const HttpPhase phase : {HttpPhase::kHandshake, HttpPhase::kFirstByte, HttpPhase::kIdle}) {
    PhaseHook* hook = services_.phase(phase).front();
    while (hook != nullptr && hook->since + kDrainGrace <= now) {
      PhaseHook* const next = PhaseList::after(*hook);
      static_cast<Session*>(hook)->close_gently();
      hook = next;
    }
  }
}

void IoThread::sweep() {
  auto& closed = services_.closed;
  if (!closed.empty()) {
    const auto still_busy =
        std::partition(closed.begin(), closed.end(),
                       [](const Session* session) { return session->with_handler(); });
    for (auto it = still_busy; it != closed.end(); ++it) {
      const std::size_t index = (*it)->index;
      sessions_.back()->index = index;
      std::swap(sessions_[index], sessions_.back());
      sessions_.pop_back();
    }
    closed.erase(still_busy, closed.end());
  }
  if (services_.draining && sessions_.empty() && !drained()) {
    drained_.store(true, std::memory_order_release);
    on_change_();
  }
}

void IoThread::adopt(Descriptor connection, const PeerAddress& peer) {
  if (services_.budget.take() || (evict_idle() && services_.budget.take())) {
    return add_session(std::move(connection), peer, true);
  }
  counters_.connections_rejected.add();
  std::size_t lingering = 0;
  for (const PhaseHook* hook = services_.phase(HttpPhase::kLinger).front();
       hook != nullptr && lingering < kMaxRejecting; hook = PhaseList::after(*hook)) {
    ++lingering;
  }
  // Cut off without a word: telling everybody would be what the limit protects from.
  if (lingering == kMaxRejecting) return;
  add_session(std::move(connection), peer, false);
}

void IoThread::add_session(Descriptor connection, const PeerAddress& peer, bool counted) {
  auto session = std::make_unique<Session>(services_, std::move(connection), peer, counted);
  session->index = sessions_.size();
  Session& added = *session;
  sessions_.push_back(std::move(session));
  if (counted) {
    added.start();
  } else {
    added.reject();
  }
}

bool IoThread::evict_idle() {
  PhaseHook* const oldest = services_.phase(HttpPhase::kIdle).front();
  if (oldest == nullptr) return false;
  counters_.connections_evicted.add();
  static_cast<Session*>(oldest)->evict();
  return true;
}

void IoThread::shut_down() {
  services_.forget_now();
  acceptor_.stop();
  wake_watch_.close();
  take_completions();
  send_answers();
  // Of requests that were read behind those answers none may stay with the handler unflushed.
  flush_handler();
  // By index: nothing is added or removed here.
  for (std::size_t i = 0; i < sessions_.size(); ++i) sessions_[i]->stop();
  // Whoever makes an answer in pieces is told that nobody reads them.
  while (!completions_.empty()) take_completions();
  services_.to_send.clear();
  sweep();
}

}  // namespace backplane::host
