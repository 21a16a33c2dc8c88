#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "tests/conformance/http/http_fixture.hpp"
#include "tests/support/test_certificates.hpp"
#include "tests/support/tls_client.hpp"

namespace backplane::host {

inline const std::string good_request = "GET /echo HTTP/1.1\r\nHost: localhost\r\n\r\n";
inline const std::string hold_request = "GET /hold HTTP/1.1\r\nHost: localhost\r\n\r\n";

// Certificates, and a server that shows one of them. Owned by a test case; its thread.
struct TlsServer {
  static ListenerConfig with_tls(ListenerConfig config, const TestCertificates::Pair& pair) {
    config.tls.emplace();
    config.tls->certificate = pair.certificate;
    config.tls->key = pair.key;
    return config;
  }

  explicit TlsServer(ListenerConfig config = HttpFixture::usual_config())
      : server(with_tls(std::move(config), certificates.make("server"))) {}
  // A server that wants clients to show a certificate of the same root.
  static ListenerConfig wanting_certificates(const TestCertificates& known) {
    ListenerConfig config =
        with_tls(HttpFixture::usual_config(), {known.path() / "own.pem", known.path() / "own.key"});
    config.tls->client_ca = known.root();
    return config;
  }

  TlsWishes wishes() const {
    TlsWishes made;
    made.root = certificates.root();
    return made;
  }
  std::uint64_t errors(TlsFault fault) const {
    return server.totals().tls_errors[static_cast<std::size_t>(fault)];
  }

  TestCertificates certificates;
  HttpFixture server;
};

// Whether a client that asks for `wishes` is answered.
inline bool is_served(const HttpFixture& server, const TlsWishes& wishes) {
  TlsClient client(server.port(), wishes);
  const auto answer = client.ask(good_request);
  return answer.has_value() && answer->status == 200;
}

// Whether `server` comes to have `times` faults of that kind: one is counted after its alert was
// sent, so that the client may know first. Meanwhile it is asked for what `good` gets.
inline bool comes_to_count(const HttpFixture& server, TlsFault fault, std::uint64_t times,
                           const TlsWishes& good) {
  const TimePoint deadline = Clock::now() + RawClient::kWait;
  while (server.totals().tls_errors[static_cast<std::size_t>(fault)] != times) {
    if (Clock::now() > deadline || !is_served(server, good)) return false;
  }
  return true;
}

}  // namespace backplane::host
