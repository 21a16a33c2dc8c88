#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "tests/support/raw_client.hpp"
#include "tests/support/test_certificates.hpp"

struct ssl_ctx_st;
struct ssl_st;

namespace backplane::host {

// What a TlsClient asks of its connection.
struct TlsWishes {
  std::optional<std::filesystem::path> root;  // what the server must have been signed by
  std::string server_name = "localhost";      // empty: none is said
  std::optional<TestCertificates::Pair> certificate;
  int least = 0;  // versions as OpenSSL numbers them; 0: any
  int most = 0;
  std::string protocol;  // of ALPN; empty: none is offered
};

// A TLS client of the loopback interface. Owned by a test case; the thread that made it. Every
// wait has RawClient's deadline.
class TlsClient {
 public:
  // Connects, and shakes hands.
  explicit TlsClient(std::uint16_t port, const TlsWishes& wishes = {});
  ~TlsClient();
  TlsClient(const TlsClient&) = delete;
  TlsClient& operator=(const TlsClient&) = delete;

  // Whether the handshake ended well, as far as this side knows.
  bool connected() const { return connected_; }
  std::string version() const;
  // What OpenSSL says of the last failure: with an alert of the server's in it, if there was one.
  const std::string& failure() const { return failure_; }

  bool send(std::string_view bytes);
  // The next answer; nothing when none comes whole.
  std::optional<RawResponse> read_response();
  std::optional<RawResponse> ask(std::string_view bytes) {
    return send(bytes) ? read_response() : std::nullopt;
  }
  // Reads to the end; whether it was one of TLS's own (close_notify), not of the socket's alone.
  bool read_to_clean_end();
  // Asks for a new handshake within this one, which TLS 1.3 has not.
  bool renegotiate();
  // "I have sent everything."
  void end();

 private:
  struct Deleter {
    void operator()(ssl_ctx_st* context) const;
    void operator()(ssl_st* session) const;
  };

  void set_up(const TlsWishes& wishes);
  // Calls `operation` until it has done something, carrying what it says and wants to hear. What it
  // returned at the end: nothing over 0 where that is the end of the connection.
  template <typename Operation>
  int carry_out(Operation operation);
  void flush();

  RawClient socket_;
  std::unique_ptr<ssl_ctx_st, Deleter> context_;
  std::unique_ptr<ssl_st, Deleter> session_;
  bool connected_ = false;
  std::string failure_;
  std::string buffer_;
};

}  // namespace backplane::host
