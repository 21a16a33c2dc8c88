#pragma once

#include <memory>

#include "host/base/result.hpp"
#include "host/config/tls_config.hpp"

struct bio_method_st;
struct ssl_ctx_st;
struct ssl_st;

namespace backplane::host {

// What all TLS connections of one listener share: its certificate and what it asks of clients.
// Owned by an HttpServer, whose io threads make their connections from it; constant, any thread.
//
// TLS 1.2 with forward secrecy and AEAD only, and 1.3. No renegotiation, no compression and no
// resumption: a client that shows a certificate shows it to each connection, so that one that has
// expired ends there. A client that asks for another name than those of the certificate, or for
// another protocol than http/1.1, is refused.
class TlsContext {
 public:
  // [control] Blocks on the files. kInvalidArgument "tls": one of them cannot be read, is not what
  // it should be, the key is not the certificate's, or everybody may use it.
  static Result<std::unique_ptr<TlsContext>> create(const TlsConfig& config);

  struct SessionDeleter {
    void operator()(ssl_st* session) const;
  };
  using TlsSession = std::unique_ptr<ssl_st, SessionDeleter>;

  // [any] The server's end of a new connection over the socket whose number stands in `fd`, which
  // outlives it and stays the caller's. Null when there is no memory for it.
  TlsSession new_session(int& fd) const;

 private:
  struct ContextDeleter {
    void operator()(ssl_ctx_st* context) const;
  };
  struct MethodDeleter {
    void operator()(bio_method_st* method) const;
  };
  using Context = std::unique_ptr<ssl_ctx_st, ContextDeleter>;
  using Method = std::unique_ptr<bio_method_st, MethodDeleter>;

  TlsContext(Context context, Method sockets)
      : context_(std::move(context)), sockets_(std::move(sockets)) {}

  Context context_;
  Method sockets_;  // how OpenSSL reaches them
};

}  // namespace backplane::host
