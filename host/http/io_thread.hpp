#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "host/base/result.hpp"
#include "host/base/status.hpp"
#include "host/base/thread.hpp"
#include "host/http/acceptor.hpp"
#include "host/http/io_services.hpp"
#include "host/http/session.hpp"

namespace backplane::host {

// One io thread with its loop, its acceptor, its handler and its sessions, which never leave it.
// Owned by an HttpServer; the public functions are for the server's thread, everything else
// happens on the thread it starts.
class IoThread final : private ReadyListener {
 public:
  // `on_change` is called on the io thread when it is drained, and when it ends.
  struct Setup {
    const ListenerConfig& config;
    ConnectionBudget& budget;
    const TlsContext* tls;  // null: in the clear
    std::string name;
    Descriptor socket;
    std::unique_ptr<HttpHandler> handler;
    std::function<void()> on_change;
  };

  // [any] kUnavailable when the kernel gives no descriptor.
  static Result<std::unique_ptr<IoThread>> create(Setup&& setup);
  ~IoThread() override;
  IoThread(const IoThread&) = delete;
  IoThread& operator=(const IoThread&) = delete;

  // [control] Starts the thread. kUnavailable when the kernel gives none.
  Status start();
  // [control] Asks it to drain; returns at once.
  void begin_drain();
  // [any] Draining, and the last connection has ended.
  bool drained() const { return drained_.load(std::memory_order_acquire); }
  // [control] Asks it to answer and close what there is and to end; returns at once.
  void begin_stop();
  // [any] Nothing of it runs any more, or it was never started: stop() does not block.
  bool ended() const { return ended_.load(std::memory_order_acquire); }
  // [control] As begin_stop(), and joins it.
  void stop();
  // [control] After stop(): takes back what has been completed since. False: a handler still has
  // exchanges of ours.
  bool collect_rest();
  // [any]
  const HttpCounters& counters() const { return counters_; }

 private:
  enum class Order : unsigned char { kServe, kDrain, kStop };

  IoThread(Setup&& setup, EventLoop&& loop, Descriptor event);

  void on_readable() override;  // somebody woke us
  void on_writable() override {}

  void run();
  void turn();
  void work_through();
  void take_completions();
  void send_answers();
  void flush_handler();
  void tick();
  void tick_phase(HttpPhase phase, bool in_order);
  void drain_idle();
  void sweep();
  void shut_down();
  void adopt(Descriptor connection, const PeerAddress& peer);
  void add_session(Descriptor connection, const PeerAddress& peer, bool counted);
  bool evict_idle();
  Duration time_to_sleep() const;

  std::string name_;
  HttpCounters counters_;
  // Members are destroyed from the last to the first: sessions before what they refer to.
  EventLoop loop_;
  std::unique_ptr<HttpHandler> handler_;
  CompletionList completions_;
  std::function<void()> on_change_;
  IoServices services_;
  Watch wake_watch_;
  Acceptor acceptor_;
  std::vector<std::unique_ptr<Session>> sessions_;
  TimePoint next_tick_{};
  std::atomic<Order> order_{Order::kServe};
  std::atomic<bool> drained_{false};
  std::atomic<bool> ended_{true};
  Thread thread_;
};

}  // namespace backplane::host
