#include "host/http/tls_context.hpp"

#include <cerrno>
#include <fcntl.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <system_error>
#include <utility>

#include "host/base/status.hpp"
#include "host/http/descriptor.hpp"
#include "host/http/tls_socket.hpp"

namespace backplane::host {
namespace {

// Forward secrecy and authenticated encryption; TLS 1.3 has nothing else.
constexpr const char* kCiphers12 = "ECDHE+AESGCM:ECDHE+CHACHA20";
constexpr std::string_view kProtocol = "http/1.1";

Error bad_file(const std::filesystem::path& file, const std::string& what) {
  return {ErrorCode::kInvalidArgument, "tls", "'" + file.string() + "' " + what};
}

// What OpenSSL says was wrong, and its queue is empty again.
std::string openssl_words() {
  const unsigned long code = ERR_get_error();
  const char* const words = ERR_reason_error_string(code);
  ERR_clear_error();
  return words == nullptr ? "for a reason that OpenSSL does not name" : words;
}

// Without it OpenSSL would ask a terminal for the pass phrase of an encrypted key.
int no_pass_phrase(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*user*/) {
  return -1;
}

int on_server_name(SSL* session, int* alert, void* /*user*/) {
  const char* const name = SSL_get_servername(session, TLSEXT_NAMETYPE_host_name);
  if (name == nullptr) return SSL_TLSEXT_ERR_NOACK;
  X509* const own = SSL_get_certificate(session);
  // Not meant for addresses (RFC 6066 3), and clients say them all the same.
  if (X509_check_host(own, name, 0, 0, nullptr) == 1 || X509_check_ip_asc(own, name, 0) == 1) {
    return SSL_TLSEXT_ERR_OK;
  }
  *alert = SSL_AD_UNRECOGNIZED_NAME;
  return SSL_TLSEXT_ERR_ALERT_FATAL;
}

// What it takes is what OpenSSL gives.
// NOLINTNEXTLINE(readability-function-size)
int on_protocols(SSL* /*session*/, const unsigned char** chosen, unsigned char* chosen_size,
                 const unsigned char* offered, unsigned int offered_size, void* /*user*/) {
  for (unsigned int at = 0; at < offered_size; at += 1U + offered[at]) {
    const unsigned char size = offered[at];
    const void* const name = offered + at + 1;
    if (std::string_view(static_cast<const char*>(name), size) != kProtocol) continue;
    *chosen = offered + at + 1;
    *chosen_size = size;
    return SSL_TLSEXT_ERR_OK;
  }
  return SSL_TLSEXT_ERR_ALERT_FATAL;
}

void set_rules(SSL_CTX* context, TlsVersion least) {
  SSL_CTX_set_min_proto_version(context,
                                least == TlsVersion::kTls12 ? TLS1_2_VERSION : TLS1_3_VERSION);
  SSL_CTX_set_cipher_list(context, kCiphers12);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_NO_TICKET |
                                   SSL_OP_CIPHER_SERVER_PREFERENCE |
                                   // A cut connection shows in HTTP's own framing.
                                   SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(context, 0);
  // An idle connection gives its buffers back; a write may be tried again from elsewhere.
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_default_passwd_cb(context, no_pass_phrase);
  SSL_CTX_set_tlsext_servername_callback(context, on_server_name);
  SSL_CTX_set_alpn_select_cb(context, on_protocols, nullptr);
}

// Before OpenSSL has it: that has no words for what the system says of a file.
Status check_file(const std::filesystem::path& file, mode_t forbidden) {
  const Descriptor opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat status {};
  if (!opened.is_open() || ::fstat(opened.get(), &status) != 0) {
    return bad_file(file, "cannot be read: " + std::generic_category().message(errno));
  }
  if (!S_ISREG(status.st_mode)) return bad_file(file, "is no file");
  if ((status.st_mode & forbidden) != 0) {
    return bad_file(file, "may be used by everybody; its mode must be 0600 or 0640");
  }
  return {};
}

// The key first: that it is not the certificate's shows when both are there.
Status load_own(SSL_CTX* context, const TlsConfig& config) {
  Status usable = check_file(config.certificate, 0);
  if (usable.ok()) usable = check_file(config.key, S_IRWXO);
  if (!usable.ok()) return usable;
  if (SSL_CTX_use_PrivateKey_file(context, config.key.c_str(), SSL_FILETYPE_PEM) != 1) {
    return bad_file(config.key,
                    "is no private key in PEM without a pass phrase: " + openssl_words());
  }
  if (SSL_CTX_use_certificate_chain_file(context, config.certificate.c_str()) != 1) {
    return bad_file(config.certificate, "is no certificate in PEM: " + openssl_words());
  }
  if (SSL_CTX_check_private_key(context) != 1) {
    ERR_clear_error();
    return bad_file(config.key, "is not the key of '" + config.certificate.string() + "'");
  }
  return {};
}

Status load_client_authority(SSL_CTX* context, const std::filesystem::path& file) {
  Status usable = check_file(file, 0);
  if (!usable.ok()) return usable;
  STACK_OF(X509_NAME)* const names = SSL_load_client_CA_file(file.c_str());
  if (names == nullptr || SSL_CTX_load_verify_locations(context, file.c_str(), nullptr) != 1) {
    sk_X509_NAME_pop_free(names, X509_NAME_free);
    return bad_file(file, "holds no certificates in PEM: " + openssl_words());
  }
  SSL_CTX_set_client_CA_list(context, names);  // which owns them from now on
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  return {};
}

}  // namespace

void TlsContext::ContextDeleter::operator()(ssl_ctx_st* context) const {
  SSL_CTX_free(context);
}

void TlsContext::MethodDeleter::operator()(bio_method_st* method) const {
  BIO_meth_free(method);
}

void TlsContext::SessionDeleter::operator()(ssl_st* session) const {
  SSL_free(session);
}

Result<std::unique_ptr<TlsContext>> TlsContext::create(const TlsConfig& config) {
  Context context(SSL_CTX_new(TLS_server_method()));
  Method sockets(new_tls_socket_method());
  if (context == nullptr || sockets == nullptr) {
    return Error(ErrorCode::kUnavailable, "tls", openssl_words());
  }
  set_rules(context.get(), config.min_version);
  Status loaded = load_own(context.get(), config);
  if (loaded.ok() && config.client_ca) {
    loaded = load_client_authority(context.get(), *config.client_ca);
  }
  if (!loaded.ok()) return std::move(loaded).error();
  return std::unique_ptr<TlsContext>(new TlsContext(std::move(context), std::move(sockets)));
}

TlsContext::TlsSession TlsContext::new_session(int& fd) const {
  TlsSession session(SSL_new(context_.get()));
  BIO* const socket = session == nullptr ? nullptr : BIO_new(sockets_.get());
  if (socket == nullptr) return nullptr;
  BIO_set_data(socket, &fd);
  BIO_set_init(socket, 1);
  SSL_set_bio(session.get(), socket, socket);  // which owns it from now on
  SSL_set_accept_state(session.get());
  return session;
}

}  // namespace backplane::host
