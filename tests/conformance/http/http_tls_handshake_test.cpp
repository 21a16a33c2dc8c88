#include <filesystem>
#include <memory>
#include <openssl/ssl.h>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <doctest/doctest.h>

#include "tests/conformance/http/tls_server.hpp"

namespace backplane::host {
namespace {

// What such a client is told instead.
std::string refusal(const HttpFixture& server, const TlsWishes& wishes) {
  TlsClient client(server.port(), wishes);
  // With TLS 1.3 a client learns only by its first read that its certificate was no good.
  if (client.connected()) CHECK_FALSE(client.ask(good_request).has_value());
  return client.failure();
}

bool has(const std::string& text, std::string_view word) {
  return text.find(word) != std::string::npos;
}

TEST_SUITE("http") {
  TEST_CASE("faults 111: older versions are refused with the alert that says so") {
    TlsServer tls;
    TlsWishes wishes = tls.wishes();
    wishes.least = TLS1_VERSION;
    wishes.most = TLS1_1_VERSION;
    const std::string told = refusal(tls.server, wishes);
    CHECK_MESSAGE(has(told, "alert protocol version"), told);
    CHECK(comes_to_count(tls.server, TlsFault::kVersion, 1, tls.wishes()));
    CHECK(is_served(tls.server, tls.wishes()));
  }

  TEST_CASE("faults 111: where 1.3 is the least, 1.2 is an older version") {
    TestCertificates certificates;
    ListenerConfig config =
        TlsServer::with_tls(HttpFixture::usual_config(), certificates.make("server"));
    config.tls->min_version = TlsVersion::kTls13;
    HttpFixture server(config);
    TlsWishes wishes;
    wishes.root = certificates.root();
    CHECK(is_served(server, wishes));
    wishes.most = TLS1_2_VERSION;
    CHECK(has(refusal(server, wishes), "alert protocol version"));
  }

  TEST_CASE("faults 111: nobody renegotiates") {
    TlsServer tls;
    TlsWishes wishes = tls.wishes();
    wishes.most = TLS1_2_VERSION;
    TlsClient client(tls.server.port(), wishes);
    REQUIRE(client.ask(good_request).has_value());
    CHECK_FALSE(client.renegotiate());
    CHECK(is_served(tls.server, wishes));
  }

  TEST_CASE("faults 111: with client_ca, only a client with a good certificate is served") {
    TestCertificates certificates;
    certificates.make("own");
    HttpFixture server(TlsServer::wanting_certificates(certificates));
    TlsWishes wishes;
    wishes.root = certificates.root();
    TlsWishes good = wishes;
    good.certificate = certificates.make("client");
    std::uint64_t refused = 0;
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
      wishes.least = wishes.most = version;
      wishes.certificate = good.certificate;
      CHECK(is_served(server, wishes));
      wishes.certificate = std::nullopt;
      const std::string without = refusal(server, wishes);
      CHECK_MESSAGE((has(without, "certificate required") || has(without, "handshake failure")),
                    without);
      wishes.certificate = certificates.make("late", "localhost", -1);
      CHECK(has(refusal(server, wishes), "certificate expired"));
      // Of a root with the same name and another key.
      TestCertificates strangers;
      wishes.certificate = strangers.make("stranger");
      CHECK_FALSE(refusal(server, wishes).empty());
      refused += 3;
      CHECK(comes_to_count(server, TlsFault::kClientCertificate, refused, good));
    }
  }

  TEST_CASE("faults 111: a name that the certificate does not have is refused by name") {
    TlsServer tls;
    TlsWishes wishes = tls.wishes();
    wishes.server_name = "elsewhere.example";
    CHECK(has(refusal(tls.server, wishes), "unrecognized name"));
    wishes.server_name = "";
    CHECK(comes_to_count(tls.server, TlsFault::kServerName, 1, wishes));
    CHECK(is_served(tls.server, wishes));
  }

  TEST_CASE("TLS: who wants another protocol than HTTP/1.1 is told that there is none") {
    TlsServer tls;
    TlsWishes wishes = tls.wishes();
    wishes.protocol = "h2";
    CHECK(has(refusal(tls.server, wishes), "no application protocol"));
    wishes.protocol = "http/1.1";
    CHECK(is_served(tls.server, wishes));
  }

  TEST_CASE("faults 111: HTTP in the clear is no TLS, and is answered with an end") {
    TlsServer tls;
    for (const std::string& bytes : {good_request, std::string("garbage of no protocol\r\n\r\n")}) {
      RawClient client(tls.server.port());
      REQUIRE(client.send(bytes));
      const auto answer = client.read_until_close();
      REQUIRE(answer.has_value());
      CHECK_FALSE(client.was_reset());
      CHECK_FALSE(has(*answer, "HTTP"));
    }
    CHECK(comes_to_count(tls.server, TlsFault::kNotTls, 2, tls.wishes()));
    CHECK(tls.server.logic.handled().empty());
    CHECK(is_served(tls.server, tls.wishes()));
  }

  TEST_CASE("faults 111: a handshake that stalls ends after its time") {
    ListenerConfig config = HttpFixture::usual_config();
    TestCertificates certificates;
    config = TlsServer::with_tls(config, certificates.make("server"));
    config.tls->handshake_timeout = std::chrono::milliseconds(300);
    HttpFixture server(config);
    RawClient silent(server.port());
    RawClient slow(server.port());
    // The beginning of a record of 512 bytes, a ClientHello perhaps.
    REQUIRE(slow.send(std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc", 9)));
    CHECK(silent.read_until_close().has_value());
    CHECK(slow.read_until_close().has_value());
    CHECK(server.totals().timeouts[static_cast<std::size_t>(HttpPhase::kHandshake)] == 2);
    CHECK(server.totals().tls_errors[static_cast<std::size_t>(TlsFault::kTimeout)] == 2);
  }

  TEST_CASE("TLS: files that are no good end the start, by their name") {
    TestCertificates certificates;
    const TestCertificates::Pair good = certificates.make("good");
    const TestCertificates::Pair other = certificates.make("other");
    const auto error = [](const TestCertificates::Pair& pair,
                          std::optional<std::filesystem::path> client_ca = std::nullopt) {
      ListenerConfig config = TlsServer::with_tls(HttpFixture::usual_config(), pair);
      config.tls->client_ca = std::move(client_ca);
      auto started = HttpServer::start(
          config, "bp-io", [](unsigned) { return std::unique_ptr<HttpHandler>(); }, 1);
      REQUIRE_FALSE(started.ok());
      CHECK(started.error().code() == ErrorCode::kInvalidArgument);
      return std::string(started.error().message());
    };
    const std::string missing = "cannot be read: No such file or directory";
    CHECK(has(error({certificates.path() / "none.pem", good.key}), "none.pem' " + missing));
    CHECK(has(error({good.certificate, certificates.path() / "none.key"}), "none.key' " + missing));
    CHECK(has(error(good, certificates.path() / "none.ca"), "none.ca' " + missing));
    CHECK(has(error({certificates.path(), good.key}), "is no file"));
    CHECK(has(error({good.key, good.key}), "good.key' is no certificate in PEM"));
    std::filesystem::permissions(other.certificate, std::filesystem::perms(0600));
    CHECK(has(error({good.certificate, other.certificate}), "is no private key in PEM"));
    CHECK(has(error({good.certificate, certificates.locked_key()}), "without a pass phrase"));
    CHECK(has(error({good.certificate, other.key}), "other.key' is not the key of"));
    CHECK(has(error({good.certificate, certificates.rsa_key()}), "rsa.key' is not the key of"));
    CHECK(has(error(good, good.key), "good.key' holds no certificates in PEM"));
    std::filesystem::permissions(good.key, std::filesystem::perms(0644));
    CHECK(has(error(good), "good.key' may be used by everybody"));
  }
}

}  // namespace
}  // namespace backplane::host
