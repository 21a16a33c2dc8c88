#include "tests/support/tls_client.hpp"

#include <array>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <doctest/doctest.h>

namespace backplane::host {

void TlsClient::Deleter::operator()(ssl_ctx_st* context) const {
  SSL_CTX_free(context);
}

void TlsClient::Deleter::operator()(ssl_st* session) const {
  SSL_free(session);
}

TlsClient::TlsClient(std::uint16_t port, const TlsWishes& wishes)
    : socket_(port), context_(SSL_CTX_new(TLS_client_method())) {
  REQUIRE(socket_.connected());
  REQUIRE(context_ != nullptr);
  set_up(wishes);
  connected_ = carry_out([this] { return SSL_connect(session_.get()); }) == 1;
}

TlsClient::~TlsClient() = default;

void TlsClient::set_up(const TlsWishes& wishes) {
  // Old versions and their ciphers are tried as well.
  SSL_CTX_set_security_level(context_.get(), 0);
  SSL_CTX_set_min_proto_version(context_.get(), wishes.least);
  SSL_CTX_set_max_proto_version(context_.get(), wishes.most);
  if (wishes.root) {
    REQUIRE(SSL_CTX_load_verify_locations(context_.get(), wishes.root->c_str(), nullptr) == 1);
    SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER, nullptr);
  }
  if (wishes.certificate) {
    REQUIRE(SSL_CTX_use_certificate_chain_file(context_.get(),
                                               wishes.certificate->certificate.c_str()) == 1);
    REQUIRE(SSL_CTX_use_PrivateKey_file(context_.get(), wishes.certificate->key.c_str(),
                                        SSL_FILETYPE_PEM) == 1);
  }
  session_.reset(SSL_new(context_.get()));
  REQUIRE(session_ != nullptr);
  if (!wishes.server_name.empty()) {
    REQUIRE(SSL_set_tlsext_host_name(session_.get(), wishes.server_name.c_str()) == 1);
  }
  if (!wishes.protocol.empty()) {
    std::string list(1, static_cast<char>(wishes.protocol.size()));
    list += wishes.protocol;
    const void* const bytes = list.data();
    REQUIRE(SSL_set_alpn_protos(session_.get(), static_cast<const unsigned char*>(bytes),
                                static_cast<unsigned>(list.size())) == 0);
  }
  SSL_set_bio(session_.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
}

template <typename Operation>
int TlsClient::carry_out(Operation operation) {
  for (;;) {
    ERR_clear_error();
    const int done = operation();
    flush();
    if (done > 0) return done;
    if (SSL_get_error(session_.get(), done) != SSL_ERROR_WANT_READ) {
      std::array<char, 256> words{};
      ERR_error_string_n(ERR_peek_error(), words.data(), words.size());
      failure_ = words.data();
      return done;
    }
    const std::string bytes = socket_.read_some(RawClient::kWait);
    if (bytes.empty()) {
      failure_ = "the connection ended";
      return done;
    }
    BIO_write(SSL_get_rbio(session_.get()), bytes.data(), static_cast<int>(bytes.size()));
  }
}

void TlsClient::flush() {
  std::array<char, 16384> bytes{};
  int n = 0;
  while ((n = BIO_read(SSL_get_wbio(session_.get()), bytes.data(),
                       static_cast<int>(bytes.size()))) > 0) {
    if (!socket_.send({bytes.data(), static_cast<std::size_t>(n)})) return;
  }
}

std::string TlsClient::version() const {
  return SSL_get_version(session_.get());
}

bool TlsClient::send(std::string_view bytes) {
  return carry_out([this, bytes] {
           return SSL_write(session_.get(), bytes.data(), static_cast<int>(bytes.size()));
         }) > 0;
}

std::optional<RawResponse> TlsClient::read_response() {
  std::array<char, 16384> bytes{};
  for (;;) {
    if (auto response = take_response(buffer_)) return response;
    const int n = carry_out([this, &bytes] {
      return SSL_read(session_.get(), bytes.data(), static_cast<int>(bytes.size()));
    });
    if (n <= 0) return std::nullopt;
    buffer_.append(bytes.data(), static_cast<std::size_t>(n));
  }
}

bool TlsClient::read_to_clean_end() {
  std::array<char, 16384> bytes{};
  while (carry_out([this, &bytes] {
           return SSL_read(session_.get(), bytes.data(), static_cast<int>(bytes.size()));
         }) > 0) {
  }
  return (SSL_get_shutdown(session_.get()) & SSL_RECEIVED_SHUTDOWN) != 0;
}

bool TlsClient::renegotiate() {
  if (SSL_renegotiate(session_.get()) != 1) return false;
  return carry_out([this] { return SSL_do_handshake(session_.get()); }) == 1;
}

void TlsClient::end() {
  SSL_shutdown(session_.get());
  flush();
}

}  // namespace backplane::host
