#include <array>
#include <chrono>
#include <string>
#include <unistd.h>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "tests/support/growing_limit.hpp"
#include "tests/support/host_fixture.hpp"
#include "tests/support/metrics_text.hpp"
#include "tests/support/raw_client.hpp"

namespace backplane::host {
namespace {

// A host whose endpoint /pieces answers piece by piece.
class PiecesHost : public HostFixture {
 public:
  explicit PiecesHost(const std::string& config = "{}")
      : HostFixture({"pieces", "streaming_tokens"}) {
    create_backend("pieces", "pieces", config);
    create_endpoint("pieces", "/pieces", R"({"pieces":1})", R"(["GET","HEAD","POST"])");
  }

  double metric(const std::string& name, const MetricsText::Labels& labels = {}) const {
    return MetricsText(admin("GET", "/metrics").body()).sum(name, labels);
  }
  // Blocks until a metric has this value, by asking again and again. False when that takes over
  // kPatience.
  bool wait_metric(const std::string& name, double value,
                   const MetricsText::Labels& labels = {}) const {
    const TimePoint deadline = Clock::now() + kPatience;
    while (metric(name, labels) != value) {
      if (Clock::now() > deadline) return false;
    }
    return true;
  }
  bool wait_idle() const {
    const TimePoint deadline = Clock::now() + kPatience;
    while (admin("GET", "/v1/backends/pieces").at("/stats/in_flight") != "0") {
      if (Clock::now() > deadline) return false;
    }
    return true;
  }
};

// What stands between the chunks' sizes; the last is empty where the body has its end.
std::vector<std::string> chunks_of(std::string bytes) {
  std::vector<std::string> chunks;
  bytes.erase(0, bytes.find("\r\n\r\n") + 4);
  while (!bytes.empty()) {
    const std::size_t line = bytes.find("\r\n");
    if (line == std::string::npos) break;
    const std::size_t size = std::stoul(bytes.substr(0, line), nullptr, 16);
    chunks.push_back(bytes.substr(line + 2, size));
    bytes.erase(0, line + 2 + size + 2);
  }
  return chunks;
}

std::string joined(const std::vector<std::string>& parts) {
  std::string whole;
  for (const std::string& part : parts) whole += part;
  return whole;
}

// Everything that a connection says to one request with "Connection: close".
std::string all_of(const HostFixture& host, const std::string& target,
                   const std::string& version = "1.1") {
  RawClient client(host.data_port());
  client.send("GET " + target + " HTTP/" + version + "\r\nHost: h\r\nConnection: close\r\n\r\n");
  return client.read_until_close().value_or("no end");
}

}  // namespace

TEST_SUITE("stream") {
  TEST_CASE("stream: pieces go out in chunks, whose end says that the answer is whole") {
    const PiecesHost host;
    const std::string said = all_of(host, "/pieces?do=count&n=500");
    CHECK(said.starts_with("HTTP/1.1 200 OK\r\n"));
    CHECK(said.find("\r\nTransfer-Encoding: chunked\r\n") != std::string::npos);
    CHECK(said.find("Content-Length") == std::string::npos);
    CHECK(said.find("\r\nX-Made-By: pieces\r\n") != std::string::npos);
    CHECK(said.find("\r\nBackplane-Backend: pieces@1\r\n") != std::string::npos);
    const std::vector<std::string> chunks = chunks_of(said);
    REQUIRE_FALSE(chunks.empty());
    CHECK(chunks.back().empty());
    std::string wanted;
    for (int i = 0; i < 500; ++i) wanted += std::to_string(i) + "\n";
    CHECK(joined(chunks) == wanted);
    CHECK(host.metric("backplane_requests_total", {{"outcome", "ok"}}) == 1);
  }

  TEST_CASE("stream: the connection serves on behind a whole answer") {
    const PiecesHost host;
    RawClient client(host.data_port());
    for (int i = 0; i < 3; ++i) {
      REQUIRE(client.send("GET /pieces?do=none HTTP/1.1\r\nHost: h\r\n\r\n"));
      CHECK(client.read_response()->status == 202);
    }
  }

  TEST_CASE("stream: what fails in the middle is cut off, so that a client can tell") {
    const PiecesHost host;
    const std::string said = all_of(host, "/pieces?do=break&n=3");
    CHECK(said.starts_with("HTTP/1.1 200 OK\r\n"));
    const std::vector<std::string> chunks = chunks_of(said);
    CHECK(joined(chunks) == "0\n1\n2\n");
    CHECK_FALSE(chunks.back().empty());
    CHECK(host.wait_idle());
    CHECK(host.metric("backplane_handler_errors_total", {{"code", "handler_error"}}) == 1);
    CHECK(host.metric("backplane_handler_failures_total") == 1);
    CHECK(host.metric("backplane_requests_total", {{"outcome", "failed"}}) == 1);
  }

  TEST_CASE("stream: HTTP/1.0 has no chunks, and learns of a cut by a reset") {
    const PiecesHost host;
    const std::string whole = all_of(host, "/pieces?do=count&n=3", "1.0");
    CHECK(whole.find("Transfer-Encoding") == std::string::npos);
    CHECK(whole.ends_with("\r\n\r\n0\n1\n2\n"));
    RawClient client(host.data_port());
    REQUIRE(client.send("GET /pieces?do=break&n=3 HTTP/1.0\r\n\r\n"));
    CHECK(client.read_until_close().has_value());
    CHECK(client.was_reset());
  }

  TEST_CASE("stream: what fails before the first piece is an error like any other") {
    const PiecesHost host;
    CHECK(host.get("/pieces?do=refuse").status() == 503);
    CHECK(host.get("/pieces?do=refuse").detail().find("not now") != std::string::npos);
  }

  TEST_CASE("stream: HEAD is told the head, and no length that nobody knows") {
    const PiecesHost host;
    RawClient client(host.data_port());
    REQUIRE(client.send("HEAD /pieces?do=count HTTP/1.1\r\nHost: h\r\n\r\n"));
    const auto head = client.read_response(true);
    REQUIRE(head.has_value());
    CHECK(head->status == 200);
    CHECK(head->header("X-Made-By") == "pieces");
    CHECK(head->header("Content-Length").empty());
    CHECK(host.wait_idle());
  }

  TEST_CASE("stream: a handler stops when its client leaves, and its replica serves on") {
    const PiecesHost host;
    RawClient client(host.data_port());
    REQUIRE(client.send("GET /pieces?do=big&n=1000000 HTTP/1.1\r\nHost: h\r\n\r\n"));
    CHECK_FALSE(client.read_some(kPatience).empty());
    client.reset();
    CHECK(host.get("/pieces?do=none").status() == 202);
    CHECK(host.wait_metric("backplane_http_client_gone_total", 1));
    // Counted when the handler has ended, by whichever thread had the connection.
    CHECK(host.wait_metric("backplane_requests_total", 1, {{"outcome", "client_gone"}}));
  }

  TEST_CASE("stream: a client that reads slowly holds its handler up, and nothing grows") {
    const PiecesHost host;
    RawClient client(host.data_port());
    // 640 MB, were they all made.
    REQUIRE(client.send("GET /pieces?do=big&n=10000 HTTP/1.1\r\nHost: h\r\n\r\n"));
    CHECK_FALSE(client.read_some(kPatience).empty());
    // As much as it likes, while nobody reads: its next request is not taken up.
    PendingAnswer other = host.get_async("/pieces?do=none");
    CHECK(host.wait_queued("pieces", 1));
    client.reset();
    CHECK(other.get().status() == 202);
  }

  TEST_CASE("stream: the deadline cuts an answer off that is not whole by then") {
    const PiecesHost host;
    std::string said;
    with_growing_limit(std::chrono::milliseconds(100), [&](std::chrono::milliseconds limit) {
      RawClient client(host.data_port());
      REQUIRE(client.send("GET /pieces?do=wait&n=1 HTTP/1.1\r\nHost: h\r\nX-Request-Timeout: " +
                          std::to_string(limit.count()) + "\r\n\r\n"));
      said = client.read_until_close(kPatience).value_or("");
      return said.starts_with("HTTP/1.1 200") && !joined(chunks_of(said)).empty();
    });
    CHECK(joined(chunks_of(said)) == "0\n");
    CHECK(host.wait_idle());
    CHECK(host.get("/pieces?do=none").status() == 202);
  }

  TEST_CASE("stream: a host that stops tells a handler that never ends") {
    PiecesHost host;
    RawClient client(host.data_port());
    REQUIRE(client.send("GET /pieces?do=count&n=1000000000 HTTP/1.1\r\nHost: h\r\n\r\n"));
    CHECK_FALSE(client.read_some(kPatience).empty());
    // Checks that it stops in order.
    host.stop();
  }

  TEST_CASE("stream: a shadow's pieces go nowhere, and hold nothing up") {
    const PiecesHost host;
    host.create_backend("shadow", "pieces");
    CHECK(host.admin("PUT", "/v1/endpoints/pieces/shadows", R"({"shadow":1.0})").status() == 200);
    const std::string said = all_of(host, "/pieces?do=count&n=3");
    CHECK(joined(chunks_of(said)) == "0\n1\n2\n");
    CHECK(host.wait_idle());
  }

  TEST_CASE("stream: a reload waits for the answer that the former version is giving") {
    const PiecesHost host;
    RawClient client(host.data_port());
    REQUIRE(client.send("GET /pieces?do=wait&n=1 HTTP/1.1\r\nHost: h\r\n\r\n"));
    CHECK_FALSE(client.read_some(kPatience).empty());
    CHECK(host.admin("POST", "/v1/plugins/pieces/reload", R"({"force":true})").status() == 200);
    CHECK(host.admin("GET", "/v1/plugins/pieces").json().root().find("generations")->size() == 2);
    CHECK(host.get("/pieces?do=none").header("Backplane-Backend") == "pieces@2");
    client.reset();
    const TimePoint deadline = Clock::now() + kPatience;
    while (host.admin("GET", "/v1/plugins/pieces").json().root().find("generations")->size() > 1) {
      REQUIRE(Clock::now() < deadline);
    }
  }

  TEST_CASE("stream: streaming_tokens says its words as server-sent events") {
    const PiecesHost host;
    host.create_backend("tokens", "streaming_tokens");
    host.create_endpoint("tokens", "/say", R"({"tokens":1})", R"(["POST"])");
    RawClient client(host.data_port());
    REQUIRE(client.send(request_text("POST", "/say", {{"Connection", "close"}}, "to be")));
    const std::string said = client.read_until_close().value_or("");
    CHECK(said.find("\r\nContent-Type: text/event-stream\r\n") != std::string::npos);
    CHECK(joined(chunks_of(said)) ==
          "event: token\nid: 1\ndata: to\n\nevent: token\nid: 2\ndata: be\n\n"
          "event: done\ndata: 2\n\n");
    CHECK(host.data("POST", "/say").status() == 400);
  }
}

}  // namespace backplane::host
