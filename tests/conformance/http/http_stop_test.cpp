#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "host/http/http_server.hpp"
#include "tests/conformance/http/http_fixture.hpp"
#include "tests/support/gate.hpp"
#include "tests/support/raw_client.hpp"

namespace backplane::host {
namespace {

// Gathers requests as a router does, and answers them when it is flushed. Owned by the server; its
// io thread.
class GatheringHandler final : public HttpHandler {
 public:
  // `gate` is entered by flush number `stop_at` of those that have something to do.
  GatheringHandler(std::vector<Exchange*>& gathered, Gate& gate, int stop_at)
      : gathered_(gathered), gate_(gate), stop_at_(stop_at) {}

  void handle(Exchange& exchange) override { gathered_.push_back(&exchange); }
  EarlyVerdict refuse_early(Exchange&) override { return EarlyVerdict::kReadBody; }
  void flush() override {
    if (gathered_.empty()) return;
    if (++flushes_ == stop_at_) gate_.enter();
    for (Exchange* const exchange : std::exchange(gathered_, {})) exchange->complete();
  }
  void finish(Exchange&) override {}

 private:
  std::vector<Exchange*>& gathered_;
  Gate& gate_;
  const int stop_at_;
  int flushes_ = 0;
};

}  // namespace

TEST_SUITE("http") {
  TEST_CASE(
      "HttpServer: stopped between requests that follow each other, it leaves none gathered") {
    // A turn of an io thread answers so many of them that the stop meets one that goes on.
    constexpr int kRequests = 200;
    for (const int stop_at : {1, 15, 16, 17, 18, 40}) {
      CAPTURE(stop_at);
      std::vector<Exchange*> gathered;
      Gate gate;
      ListenerConfig config = HttpFixture::usual_config();
      config.io_threads = 1;
      auto server = HttpServer::start(
          config, "http",
          [&](unsigned) { return std::make_unique<GatheringHandler>(gathered, gate, stop_at); }, 1);
      REQUIRE(server.ok());
      RawClient client(server.value()->port());
      std::string requests;
      for (int i = 0; i < kRequests; ++i) requests += "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
      REQUIRE(client.send(requests));
      REQUIRE(gate.wait_entered());
      // Too late already, but asked to stop.
      CHECK_FALSE(server.value()->stop_until(Clock::now()));
      gate.open();
      server.value()->stop();
      CHECK(gathered.empty());
    }
  }
}

}  // namespace backplane::host
