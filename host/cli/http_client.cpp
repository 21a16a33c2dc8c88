#include "host/cli/http_client.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include "host/base/clock.hpp"
#include "host/base/status.hpp"
#include "host/config/socket_address.hpp"

namespace backplane::host {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;
using Tcp = asio::ip::tcp;
using Request = http::request<http::string_body>;
using Parser = http::response_parser<http::string_body>;

constexpr std::uint64_t kLargestBody = std::uint64_t{1} << 30U;

// Runs one asynchronous step after the other on the calling thread, none beyond its deadline:
// Asio's blocking calls know no deadline. Once a step has failed, no other may follow.
class Steps {
 public:
  explicit Steps(std::chrono::milliseconds patience) { allow(patience); }

  asio::io_context& io() { return io_; }
  // The following steps may take so long together.
  void allow(std::chrono::milliseconds patience) { deadline_ = Clock::now() + patience; }

  template <typename Start>
  error_code run(Start start) {
    std::optional<error_code> end;
    start([&end](const error_code& failure, const auto&...) { end = failure; });
    io_.restart();
    io_.run_until(deadline_);
    // What is still under way is dropped with `io_`, without a call.
    return end.value_or(asio::error::timed_out);
  }

 private:
  asio::io_context io_;
  TimePoint deadline_;
};

// The text of Asio's timeout is the system's, which speaks of connections.
std::string words_for(const error_code& failure) {
  return failure == asio::error::timed_out ? "no answer in time" : failure.message();
}

Request request_of(const HttpCall& call, const ServerAddress& server) {
  Request request;
  request.version(11);
  request.method_string(call.method);
  request.target(call.target);
  std::string_view fields = call.headers.wire();
  while (!fields.empty()) {
    const std::string_view field = fields.substr(0, fields.find("\r\n"));
    const std::size_t colon = field.find(": ");
    const std::string_view name = field.substr(0, colon);
    const std::string_view value = field.substr(colon + 2);
    request.insert({name.data(), name.size()}, {value.data(), value.size()});
    fields.remove_prefix(field.size() + 2);
  }
  // Whoever tries what a server does with another name gives it as a header.
  if (request.find(http::field::host) == request.end()) {
    request.set(http::field::host, server.authority());
  }
  request.set(http::field::connection, "close");
  request.body() = call.body;
  request.prepare_payload();
  return request;
}

HttpResponse response_of(Parser::value_type&& message) {
  HttpResponse response;
  response.status = message.result_int();
  for (const auto& field : message) {
    response.headers.add({field.name_string().data(), field.name_string().size()},
                         {field.value().data(), field.value().size()});
  }
  response.body = std::move(message.body());
  return response;
}

// One call on its way over `stream`, which is connected.
template <typename Stream>
class Exchange {
 public:
  Exchange(Steps& steps, Stream& stream, const HttpCall& call)
      : steps_(steps), stream_(stream), call_(call) {
    parser_.body_limit(kLargestBody);
    if (call.method == "HEAD") parser_.skip(true);
  }

  error_code read_head(Request request) {
    const error_code written =
        steps_.run([&](auto done) { http::async_write(stream_, request, std::move(done)); });
    if (written) return written;
    return steps_.run(
        [&](auto done) { http::async_read_header(stream_, buffer_, parser_, std::move(done)); });
  }

  error_code read_body() {
    return steps_.run(
        [&](auto done) { http::async_read(stream_, buffer_, parser_, std::move(done)); });
  }

  error_code read_pieces(const HttpClient::TakePiece& take) {
    parser_.body_limit(boost::none);
    while (!parser_.is_done()) {
      steps_.allow(call_.timeout);
      const error_code failure = steps_.run(
          [&](auto done) { http::async_read_some(stream_, buffer_, parser_, std::move(done)); });
      std::string& piece = parser_.get().body();
      if (!piece.empty() && !take(piece)) return {};
      piece.clear();
      if (failure) return failure;
    }
    return {};
  }

  bool is_good() const { return parser_.get().result() == http::status::ok; }
  HttpResponse response() { return response_of(parser_.release()); }

 private:
  Steps& steps_;
  Stream& stream_;
  const HttpCall& call_;
  boost::beast::flat_buffer buffer_;
  Parser parser_;
};

error_code connect(Steps& steps, const ServerAddress& server, Tcp::socket& socket) {
  Tcp::resolver resolver(steps.io());
  Tcp::resolver::results_type found;
  const error_code unresolved = steps.run([&](auto done) {
    resolver.async_resolve(server.host, server.port,
                           [&found, done](const error_code& failure, const auto& results) {
                             found = results;
                             done(failure);
                           });
  });
  if (unresolved) return unresolved;
  return steps.run([&](auto done) { asio::async_connect(socket, found, std::move(done)); });
}

Error unreachable(const ServerAddress& server, const error_code& failure) {
  return {ErrorCode::kUnavailable, "host_unreachable",
          "no host answers at " + server.authority() + ": " + words_for(failure)};
}

// Why no connection to `server` came about.
Error refused(asio::ssl::stream<Tcp::socket>& stream, const ServerAddress& server,
              const error_code& failure) {
  const long verdict = SSL_get_verify_result(stream.native_handle());
  if (verdict == X509_V_OK) return unreachable(server, failure);
  return {ErrorCode::kUnavailable, "certificate_refused",
          "the certificate that " + server.authority() +
              " shows is not good: " + X509_verify_cert_error_string(verdict)};
}

// `take` may be null: then the whole body is kept.
template <typename Stream>
Result<HttpResponse> converse(Steps& steps, Stream& stream, const ServerAddress& server,
                              const HttpCall& call, const HttpClient::TakePiece* take) {
  Exchange<Stream> exchange(steps, stream, call);
  error_code failure = exchange.read_head(request_of(call, server));
  if (!failure) {
    const bool in_pieces = take != nullptr && exchange.is_good();
    failure = in_pieces ? exchange.read_pieces(*take) : exchange.read_body();
  }
  if (failure) return unreachable(server, failure);
  return exchange.response();
}

Status trust(asio::ssl::context& context, const std::optional<std::filesystem::path>& authorities) {
  error_code failure;
  if (authorities) {
    context.load_verify_file(authorities->string(), failure);
  } else {
    context.set_default_verify_paths(failure);
  }
  if (!failure) return {};
  return Error(ErrorCode::kInvalidArgument, "bad_authorities",
               "certificates of '" + (authorities ? authorities->string() : "the system") +
                   "' cannot be read: " + failure.message());
}

error_code shake_hands(Steps& steps, asio::ssl::stream<Tcp::socket>& stream,
                       const ServerAddress& server) {
  error_code failure;
  stream.set_verify_mode(asio::ssl::verify_peer, failure);
  if (failure) return failure;
  // Not Asio's own check of names: that one leaves no word of what was wrong.
  SSL* const session = stream.native_handle();
  if (is_ip_address(server.host)) {
    X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session), server.host.c_str());
  } else {
    SSL_set1_host(session, server.host.c_str());
    // RFC 6066 section 3: names only.
    SSL_set_tlsext_host_name(session, server.host.c_str());
  }
  return steps.run(
      [&](auto done) { stream.async_handshake(asio::ssl::stream_base::client, std::move(done)); });
}

Result<HttpResponse> send(const ServerAddress& server,
                          const std::optional<std::filesystem::path>& authorities,
                          const HttpCall& call, const HttpClient::TakePiece* take) {
  Steps steps(call.timeout);
  if (!server.tls) {
    Tcp::socket socket(steps.io());
    const error_code failure = connect(steps, server, socket);
    if (failure) return unreachable(server, failure);
    return converse(steps, socket, server, call, take);
  }
  asio::ssl::context context(asio::ssl::context::tls_client);
  Status trusted = trust(context, authorities);
  if (!trusted.ok()) return std::move(trusted).error();
  asio::ssl::stream<Tcp::socket> stream(steps.io(), context);
  error_code failure = connect(steps, server, stream.next_layer());
  if (!failure) failure = shake_hands(steps, stream, server);
  if (failure) return refused(stream, server, failure);
  return converse(steps, stream, server, call, take);
}

}  // namespace

Result<HttpResponse> HttpClient::ask(const HttpCall& call) const {
  return send(server_, authorities_, call, nullptr);
}

Result<HttpResponse> HttpClient::stream(const HttpCall& call, const TakePiece& take) const {
  return send(server_, authorities_, call, &take);
}

}  // namespace backplane::host
