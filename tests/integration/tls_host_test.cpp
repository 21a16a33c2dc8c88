#include <algorithm>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/support/host_directory.hpp"
#include "tests/support/host_process.hpp"
#include "tests/support/raw_client.hpp"
#include "tests/support/test_certificates.hpp"
#include "tests/support/tls_client.hpp"

namespace backplane::host {
namespace {

bool has(const std::string& text, const std::string& word) {
  return text.find(word) != std::string::npos;
}

std::string section(const TestCertificates::Pair& pair, const std::string& address = "127.0.0.1") {
  return R"({"address":")" + address + R"(","port":0,"tls":{"certificate":")" +
         pair.certificate.string() + R"(","key":")" + pair.key.string() + R"("}})";
}

void write_config(const HostDirectory& directory, const std::string& data,
                  const std::string& admin) {
  directory.write("config.json",
                  R"({"data":)" + data + R"(,"admin":)" + admin +
                      R"(,"plugins":{"directory":"plugins"},"state":{"directory":"state"},)" +
                      R"("app":"app.json"})");
}

// A host process with a token, TLS on both listeners, and hello behind them. Owned by a test case.
class TlsHost {
 public:
  TlsHost() : directory_({"hello"}) {
    const TestCertificates::Pair pair = certificates_.make("server");
    // Admin on every address, so that it can be asked under names that are not its own.
    write_config(directory_, section(pair), section(pair, "0.0.0.0"));
    directory_.write_app(R"({"backends":{"hello":{"plugin":"hello","handler":"hello"}},
      "endpoints":{"hello":{"route":"/hello","traffic":{"hello":1}}}})");
    process_.emplace(directory_.serve_arguments());
    REQUIRE(process_->wait_ready());
  }

  const HostProcess& process() const { return *process_; }
  const TestCertificates& certificates() const { return certificates_; }
  std::filesystem::path token_file() const { return directory_.path() / "state" / "admin.token"; }
  std::string admin(const std::string& name) const {
    return name + ":" + std::to_string(process_->admin_port());
  }

  // The answer to GET `target` on `port`, with the token or without.
  std::optional<RawResponse> get(std::uint16_t port, const std::string& target,
                                 bool with_token = true) const {
    TlsWishes wishes;
    wishes.root = certificates_.root();
    TlsClient client(port, wishes);
    REQUIRE_MESSAGE(client.connected(), client.failure());
    std::string request = "GET " + target + " HTTP/1.1\r\nHost: localhost\r\n";
    if (with_token) request += "Authorization: Bearer " + token() + "\r\n";
    return client.ask(request + "\r\n");
  }

  // `backplane WORDS` with the token, believing the certificates of `authorities`.
  ProcessEnd run(std::vector<std::string> words, const TestCertificates& authorities) const {
    words.insert(words.end(),
                 {"--token-file", token_file().string(), "--tls-ca", authorities.root().string()});
    return HostProcess::run(words);
  }

 private:
  std::string token() const {
    std::ifstream file(token_file());
    std::string text{std::istreambuf_iterator<char>(file), {}};
    return text.substr(0, text.find('\n'));
  }

  TestCertificates certificates_;
  HostDirectory directory_;
  std::optional<HostProcess> process_;
};

// What a client in the clear hears from `port`.
std::string heard_in_the_clear(std::uint16_t port) {
  RawClient client(port);
  REQUIRE(client.send("GET /v1/status HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  return client.read_until_close().value_or("nothing within the time of the test");
}

}  // namespace

SCENARIO("a host speaks TLS on both of its ports, and nothing else") {
  GIVEN("a host with a certificate and a token") {
    const TlsHost host;
    const std::uint16_t admin = host.process().admin_port();
    const std::uint16_t data = host.process().data_port();
    WHEN("its admin listener is asked through TLS") {
      const auto answer = host.get(admin, "/v1/status");
      const auto stranger = host.get(admin, "/v1/status", false);
      THEN("it answers who shows the token, and says that requests are answered through TLS") {
        REQUIRE(answer.has_value());
        CHECK(answer->status == 200);
        CHECK(has(answer->body, R"("data_url":"https://127.0.0.1:)" + std::to_string(data)));
        REQUIRE(stranger.has_value());
        CHECK(stranger->status == 401);
      }
    }
    WHEN("its data listener is asked through TLS") {
      const auto answer = host.get(data, "/hello?name=ray", false);
      THEN("the handler answers") {
        REQUIRE(answer.has_value());
        CHECK(answer->body == "hello ray");
      }
    }
    WHEN("either is asked in the clear") {
      const std::string from_admin = heard_in_the_clear(admin);
      const std::string from_data = heard_in_the_clear(data);
      THEN("the connection ends without a word of HTTP, and is counted") {
        // A TLS alert is seven bytes.
        CHECK(from_admin.size() <= 7);
        CHECK(from_data.size() <= 7);
        const auto page = host.get(admin, "/metrics");
        REQUIRE(page.has_value());
        for (const std::string listener : {"admin", "data"}) {
          const std::string line =
              R"(backplane_tls_errors_total{listener=")" + listener + R"(",reason="not_tls"} 1)";
          CHECK_MESSAGE(has(page->body, line), line);
        }
      }
    }
  }
}

SCENARIO("the command line asks a host with TLS, and only the right one") {
  GIVEN("a host with a certificate and a token") {
    const TlsHost host;
    const TestCertificates& known = host.certificates();
    WHEN("its certificate is vouched for, whatever the host is called") {
      for (const std::string name : {"localhost", "127.0.0.1", "https://localhost"}) {
        CAPTURE(name);
        const ProcessEnd status = host.run({"status", "--admin", host.admin(name)}, known);
        CAPTURE(status.errors);
        CHECK(status.code == 0);
        CHECK(has(status.output, "hello"));
      }
      const ProcessEnd call = host.run(
          {"call", "hello", "--path", "/hello?name=ray", "--admin", host.admin("localhost")},
          known);
      THEN("calls go through TLS as well") {
        CHECK(call.code == 0);
        CHECK(call.output == "hello ray");
      }
    }
    WHEN("somebody else vouches for it, or nobody, or it is called by another name") {
      const TestCertificates strangers;
      const std::vector<std::string> words{"status", "--admin", host.admin("https://localhost")};
      const ProcessEnd strange = host.run(words, strangers);
      const ProcessEnd unknown = HostProcess::run(words);
      const ProcessEnd misnamed = host.run({"status", "--admin", host.admin("127.0.0.2")}, known);
      THEN("it does not show its token, and says why") {
        for (const ProcessEnd& end : {strange, unknown, misnamed}) {
          CAPTURE(end.errors);
          CHECK(end.code == 69);
          CHECK(end.errors.starts_with("backplane: the certificate that "));
          CHECK(has(end.errors, "--tls-ca"));
        }
        CHECK_MESSAGE(has(unknown.errors, "issuer"), unknown.errors);
        CHECK_MESSAGE(has(misnamed.errors, "IP address mismatch"), misnamed.errors);
      }
    }
    WHEN("it is asked in the clear") {
      const ProcessEnd plain = HostProcess::run({"status", "--admin", host.admin("localhost")});
      THEN("no host answers") {
        CHECK(plain.code == 69);
      }
    }
  }
}

SCENARIO("a host whose certificate or key is no good does not start, and says in one line why") {
  const HostDirectory directory;
  TestCertificates certificates;
  const TestCertificates::Pair good = certificates.make("good");
  const TestCertificates::Pair other = certificates.make("other");
  const std::string plain = R"({"port":0})";
  const std::string mixed = section({good.certificate, other.key});
  for (const auto& [data, admin] : {std::pair{mixed, plain}, std::pair{plain, mixed}}) {
    write_config(directory, data, admin);
    const ProcessEnd end = HostProcess::run(directory.serve_arguments());
    CHECK(end.code == 78);
    CHECK(end.output.empty());
    CHECK(std::count(end.errors.begin(), end.errors.end(), '\n') == 1);
    const std::string wanted = "other.key' is not the key of '" + good.certificate.string() + "'";
    CHECK_MESSAGE(has(end.errors, wanted), end.errors);
  }
}

}  // namespace backplane::host
