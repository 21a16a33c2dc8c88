#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string>

#include <doctest/doctest.h>

#include "tests/support/gate.hpp"
#include "tests/support/host_fixture.hpp"
#include "tests/support/metrics_text.hpp"
#include "tests/support/raw_client.hpp"
#include "tests/support/wait_for.hpp"

namespace backplane::host {
namespace {

// A host with one backend and one endpoint of a test plugin, all of that name.
class RecallHost : public HostFixture {
 public:
  explicit RecallHost(const std::string& plugin, const Adjust& adjust = {})
      : HostFixture({plugin}, with_time(adjust)), plugin_(plugin) {
    create_backend(plugin, plugin, R"({"request_timeout_ms":600000})");
    create_endpoint(plugin, "/" + plugin, "{\"" + plugin + "\":1}");
  }

  Answer reload(const std::string& members = {}) const {
    return admin("POST", "/v1/plugins/" + plugin_ + "/reload?wait_ms=600000",
                 R"({"force":true)" + members + "}");
  }
  double metric(const std::string& name, const MetricsText::Labels& labels = {}) const {
    return MetricsText(admin("GET", "/metrics").body()).sum(name, labels);
  }
  bool wait_in_flight(const std::string& count) const {
    return wait_for(
        [&] { return admin("GET", "/v1/backends/" + plugin_).at("/stats/in_flight") == count; });
  }
  // For a client that does not take what it is sent.
  bool wait_stalled() const {
    return wait_for([&] {
      return metric("backplane_http_connections", {{"state", "write"}}) == 1;
    });
  }
  bool wait_drained() const {
    return wait_for([&] { return admin("GET", "/v1/status").at("/draining") == "[]"; });
  }

 private:
  // So that nothing else ends what is to be recalled.
  static Adjust with_time(const Adjust& adjust) {
    return [adjust](HostConfig& config) {
      config.data.write_stall_timeout = std::chrono::minutes(10);
      if (adjust) adjust(config);
    };
  }

  const std::string plugin_;
};

constexpr const char* kAtOnce = R"(,"drain_timeout_ms":0)";

// A client that has asked for pieces, on a connection that ends with the answer.
RawClient asking(const HostFixture& host, const std::string& query) {
  RawClient client(host.data_port());
  REQUIRE(
      client.send("GET /pieces?" + query + " HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"));
  return client;
}

std::ptrdiff_t count_of_body(const std::string& answer, char letter) {
  const std::size_t body = std::min(answer.find("\r\n\r\n"), answer.size());
  return std::count(answer.begin() + static_cast<std::ptrdiff_t>(body), answer.end(), letter);
}

}  // namespace

// What becomes of requests that a backend still has when its drain timeout is over.
TEST_SUITE("recall") {
  TEST_CASE("recall: a handler that is told gives its call back, and the client may try again") {
    RecallHost host("later");
    PendingAnswer held = host.get_async("/later?do=hand_back");
    REQUIRE(host.wait_in_flight("1"));
    REQUIRE(host.reload(kAtOnce).status() == 200);
    const Answer answer = held.get();
    CHECK(answer.refusal() == "503 backend_retired");
    CHECK(answer.header("Retry-After") == "1");
    CHECK(answer.header("Backplane-Backend") == "later@1");
    CHECK(host.wait_drained());
    CHECK(host.metric("backplane_plugin_late_completions_total") == 0);
  }

  TEST_CASE("recall: what a handler says that was told is sent") {
    RecallHost host("pieces");
    RawClient client = asking(host, "do=wait&n=2");
    REQUIRE(host.wait_in_flight("1"));
    REQUIRE(host.reload(kAtOnce).status() == 200);
    const std::string answer = client.read_until_close(kPatience).value_or("");
    CHECK(answer.starts_with("HTTP/1.1 200 OK\r\n"));
    CHECK(answer.ends_with("told\n\r\n0\r\n\r\n"));
    CHECK(host.wait_drained());
    CHECK(host.metric("backplane_handler_errors_total") == 0);
  }

  TEST_CASE("recall: a handler that does not look goes on, and its whole answer is sent") {
    RecallHost host("pieces");
    RawClient client = asking(host, "do=big&n=400");
    REQUIRE(host.wait_stalled());
    RawClient other = asking(host, "do=wait&n=1");
    REQUIRE(host.wait_queued("pieces", 1));
    REQUIRE(host.reload(kAtOnce).status() == 200);
    const std::string answer = client.read_until_close(kPatience).value_or("");
    CHECK(count_of_body(answer, 'x') == 400 * 65'530);
    CHECK(answer.ends_with("\r\n0\r\n\r\n"));
    // It was in the queue all the time, and begins when it is to stop already.
    CHECK(other.read_until_close(kPatience).value_or("").ends_with("told\n\r\n0\r\n\r\n"));
    CHECK(host.wait_drained());
  }

  TEST_CASE("recall: it is told also while its client takes nothing") {
    RecallHost host("pieces");
    RawClient client = asking(host, "do=flood&n=1");
    REQUIRE(host.wait_stalled());
    REQUIRE(host.reload(kAtOnce).status() == 200);
    CHECK(host.wait_drained());
    const std::string answer = client.read_until_close(kPatience).value_or("");
    CHECK(answer.ends_with("x\r\n0\r\n\r\n"));
  }

  TEST_CASE("recall: nobody is told before the drain timeout is over") {
    // One, which looks at all of its requests at a time and at the oldest first.
    RecallHost host("later", [](HostConfig& config) { config.data.io_threads = 1; });
    PendingAnswer held = host.get_async("/later?do=hand_back");
    REQUIRE(host.wait_in_flight("1"));
    REQUIRE(host.reload(R"(,"drain_timeout_ms":3600000)").status() == 200);
    // A second one that is told at once, for the first to be seen untouched by the same look.
    PendingAnswer next = host.get_async("/later?do=hand_back");
    REQUIRE(host.wait_in_flight("1"));
    REQUIRE(host.reload(kAtOnce).status() == 200);
    CHECK(next.get().header("Backplane-Backend") == "later@2");
    CHECK(wait_for(
        [&] { return host.admin("GET", "/v1/status").at("/draining") == R"(["later@1"])"; }));
    CHECK(host.admin("GET", "/v1/status").at("/draining_overdue") == "[]");
    CHECK(held.get_within({}).status() == 0);
  }

  TEST_CASE("recall: what a host says of drains holds for reloads that say nothing") {
    RecallHost host(
        "later", [](HostConfig& config) { config.drain_timeout = std::chrono::milliseconds(0); });
    PendingAnswer held = host.get_async("/later?do=hand_back");
    REQUIRE(host.wait_in_flight("1"));
    REQUIRE(host.reload().status() == 200);
    CHECK(held.get().refusal() == "503 backend_retired");
    CHECK(host.refused("POST", "/v1/plugins/later/reload", R"({"drain_timeout_ms":-1})") ==
          "422 invalid_argument");
  }

  TEST_CASE("recall: a client that leaves afterwards is counted as one that left") {
    RecallHost host("pieces");
    RawClient client = asking(host, "do=flood&n=1");
    REQUIRE(host.wait_stalled());
    REQUIRE(host.reload(kAtOnce).status() == 200);
    CHECK(host.wait_drained());
    client.reset();
    CHECK(wait_for([&] {
      return host.admin("GET", "/v1/endpoints/pieces").at("/stats/outcomes/client_gone") == "1";
    }));
  }
}

}  // namespace backplane::host
