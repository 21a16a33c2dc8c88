#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "host/base/clock.hpp"
#include "host/base/mutex.hpp"
#include "host/base/result.hpp"
#include "host/base/status.hpp"
#include "host/config/listener_config.hpp"
#include "host/http/connection_budget.hpp"
#include "host/http/io_thread.hpp"
#include "host/http/tls_context.hpp"
#include "host/message/http_handler.hpp"
#include "host/metrics/http_counters.hpp"

namespace backplane::host {

// One listening address and the io threads that serve it. Owned by Host, and destroyed after
// whatever completes exchanges has been joined; started and stopped by one thread.
class HttpServer {
 public:
  using MakeHandler = std::function<std::unique_ptr<HttpHandler>(unsigned io_index)>;

  // [control] Binds, starts config.io_threads threads (`default_threads` where that is 0) named
  // `thread_prefix`-0, -1, …, and serves. Each has a handler of its own from `make_handler`. The
  // errors are those of open_listen_sockets(); nothing is left behind then.
  static Result<std::unique_ptr<HttpServer>> start(const ListenerConfig& config,
                                                   const std::string& thread_prefix,
                                                   const MakeHandler& make_handler,
                                                   unsigned default_threads);
  // Stops.
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  // [any]
  std::uint16_t port() const { return port_; }

  // [control] Accepts no more, answers with "Connection: close" and closes idle connections, those
  // that were just served after a short grace. Returns at once.
  void begin_drain();
  // [control] After begin_drain(): waits until the last connection has ended. False: `deadline`
  // passed before.
  bool wait_drained(TimePoint deadline) BP_EXCLUDES(mutex_);
  // [control] Answers what is with handlers 503 shutting_down, closes everything and joins the
  // threads. Exchanges that handlers still have may be completed later; nobody looks at them.
  void stop();
  // [control] As stop(), for servers whose threads run handlers. False: one of them did not return
  // before `deadline`, and nothing may be destroyed under it.
  bool stop_until(TimePoint deadline) BP_EXCLUDES(mutex_);

  // [any] The sums over all io threads.
  HttpTotals totals() const;

 private:
  explicit HttpServer(const ListenerConfig& config);
  Status open(const std::string& thread_prefix, const MakeHandler& make_handler, unsigned threads);
  bool all_drained() const;

  const ListenerConfig config_;
  std::unique_ptr<const TlsContext> tls_;  // null: in the clear
  ConnectionBudget budget_;
  std::uint16_t port_ = 0;
  Mutex mutex_;
  CondVar changed_;
  // Constant after start().
  std::vector<std::unique_ptr<IoThread>> threads_;
};

}  // namespace backplane::host
