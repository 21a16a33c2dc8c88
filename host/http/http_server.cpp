#include "host/http/http_server.hpp"

#include <algorithm>
#include <utility>

#include "host/http/listen_socket.hpp"

namespace backplane::host {

HttpServer::HttpServer(const ListenerConfig& config)
    : config_(config), budget_(config.max_connections) {}

Result<std::unique_ptr<HttpServer>> HttpServer::start(const ListenerConfig& config,
                                                      const std::string& thread_prefix,
                                                      const MakeHandler& make_handler,
                                                      unsigned default_threads) {
  std::unique_ptr<HttpServer> server(new HttpServer(config));
  const unsigned threads = config.io_threads > 0 ? config.io_threads : default_threads;
  auto opened = server->open(thread_prefix, make_handler, std::max(threads, 1U));
  if (!opened.ok()) return std::move(opened).error();
  return server;
}

Status HttpServer::open(const std::string& thread_prefix, const MakeHandler& make_handler,
                        unsigned threads) {
  if (config_.tls) {
    auto tls = TlsContext::create(*config_.tls);
    if (!tls.ok()) return std::move(tls).error().with_context("TLS");
    tls_ = std::move(tls).value();
  }
  auto listening = open_listen_sockets(config_.address, config_.port, threads);
  if (!listening.ok()) return std::move(listening).error();
  ListenSockets sockets = std::move(listening).value();
  port_ = sockets.port;
  for (unsigned i = 0; i < threads; ++i) {
    auto thread = IoThread::create({.config = config_,
                                    .budget = budget_,
                                    .tls = tls_.get(),
                                    .name = thread_prefix + "-" + std::to_string(i),
                                    .socket = std::move(sockets.sockets[i]),
                                    .handler = make_handler(i),
                                    .on_change = [this] {
                                      // Under the lock, so that the waiter is either before its
                                      // look at the threads or already waiting.
                                      const MutexLock lock(mutex_);
                                      changed_.notify_all();
                                    }});
    if (!thread.ok()) return std::move(thread).error();
    threads_.push_back(std::move(thread).value());
  }
  for (const auto& thread : threads_) {
    auto started = thread->start();
    if (!started.ok()) return started;
  }
  return {};
}

HttpServer::~HttpServer() {
  stop();
  for (auto& thread : threads_) {
    // Whoever still has an exchange will write to it and to its list. Freeing them would turn a
    // handler that never came back into a write to freed memory; the process is ending anyway.
    if (!thread->collect_rest()) static_cast<void>(thread.release());
  }
}

void HttpServer::begin_drain() {
  for (const auto& thread : threads_) thread->begin_drain();
}

bool HttpServer::all_drained() const {
  return std::all_of(threads_.begin(), threads_.end(),
                     [](const auto& thread) { return thread->drained(); });
}

bool HttpServer::wait_drained(TimePoint deadline) {
  const MutexLock lock(mutex_);
  while (!all_drained()) {
    if (!changed_.wait_until(mutex_, deadline)) return all_drained();
  }
  return true;
}

void HttpServer::stop() {
  for (const auto& thread : threads_) thread->stop();
}

bool HttpServer::stop_until(TimePoint deadline) {
  for (const auto& thread : threads_) thread->begin_stop();
  const auto all_ended = [this] {
    return std::all_of(threads_.begin(), threads_.end(),
                       [](const auto& thread) { return thread->ended(); });
  };
  {
    const MutexLock lock(mutex_);
    while (!all_ended()) {
      if (!changed_.wait_until(mutex_, deadline) && !all_ended()) return false;
    }
  }
  stop();
  return true;
}

HttpTotals HttpServer::totals() const {
  HttpTotals totals;
  for (const auto& thread : threads_) thread->counters().add_to(totals);
  return totals;
}

}  // namespace backplane::host
