#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "host/base/clock.hpp"
#include "host/base/mutex.hpp"
#include "host/config/listener_config.hpp"
#include "host/http/http_server.hpp"
#include "tests/support/raw_client.hpp"

namespace backplane::host {

// What the test handlers of all io threads do and have seen. Owned by HttpFixture; thread-safe.
//
//   /echo…     answers "METHOD route_path?query body"
//   /header/X  answers the value of the field X
//   /big       answers 16 MiB
//   /hold      is held until release_held(); with X-Deadline-Ms it gets a deadline
//   /later     is held as /hold is, without its body where that is still to come
//   /peer      answers the address of the client
//   else       404, early where a body is still to come
class TestLogic {
 public:
  void handle(Exchange& exchange);
  EarlyVerdict refuse_early(Exchange& exchange);
  void finish(const Exchange& exchange);

  // Blocks until `count` exchanges are held; false after RawClient::kWait.
  bool wait_held(std::size_t count = 1);
  // Completes what is held, from the calling thread.
  void release_held();
  // Whether all that is held has been abandoned.
  bool held_are_abandoned();
  // Paths of the requests that handle() saw, in order.
  std::vector<std::string> handled();
  // Blocks until `count` exchanges have been finished; false after RawClient::kWait.
  bool wait_finished(std::size_t count);

 private:
  Mutex mutex_;
  CondVar changed_;
  std::vector<Exchange*> held_ BP_GUARDED_BY(mutex_);
  std::vector<std::string> handled_ BP_GUARDED_BY(mutex_);
  std::size_t finished_ BP_GUARDED_BY(mutex_) = 0;
};

// A server on a port of the kernel's choice.
class HttpFixture {
 public:
  // The documented defaults with a small body limit: no phase ends by its time in a test, however
  // loaded the machine is.
  static ListenerConfig usual_config();
  // Phases that end within a test's time.
  static ListenerConfig quick_config();
  explicit HttpFixture(const ListenerConfig& config = usual_config());
  ~HttpFixture();

  std::uint16_t port() const { return server->port(); }
  RawClient client() const { return RawClient(server->port()); }
  HttpTotals totals() const { return server->totals(); }
  // True once `condition` holds. Between two looks a request is answered, so that the io thread
  // has had a turn; false after RawClient::kWait.
  template <typename Condition>
  bool eventually(Condition condition) {
    const TimePoint deadline = Clock::now() + RawClient::kWait;
    RawClient pinger = client();
    while (!condition()) {
      if (Clock::now() > deadline) return false;
      if (!pinger.ask("GET /echo HTTP/1.1\r\nHost: h\r\n\r\n").has_value()) pinger = client();
    }
    return true;
  }

  TestLogic logic;
  std::unique_ptr<HttpServer> server;
};

}  // namespace backplane::host
