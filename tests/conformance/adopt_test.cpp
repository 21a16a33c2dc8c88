#include <chrono>
#include <filesystem>
#include <string>

#include <doctest/doctest.h>

#include "tests/support/host_fixture.hpp"
#include "tests/support/raw_client.hpp"
#include "tests/support/wait_for.hpp"

namespace backplane::host {
namespace {

constexpr std::size_t kSize = std::size_t{32} << 20U;  // more than sockets hold

std::string target() {
  return "/owns?size=" + std::to_string(kSize);
}
std::string request() {
  return "GET " + target() + " HTTP/1.1\r\nHost: h\r\n\r\n";
}

// A host whose endpoint /owns answers with memory of its handler's.
class OwnsHost : public HostFixture {
 public:
  explicit OwnsHost(const Adjust& adjust = {}) : HostFixture({"owns"}, adjust) {
    create_backend("owns", "owns");
    create_endpoint("owns", "/owns", R"({"owns":1})", R"(["GET","HEAD"])");
  }

  std::string given_back() const { return get("/owns").body(); }
  bool wait_given_back(const std::string& count) const {
    return wait_for([&] { return given_back() == count; });
  }
  // Of the versions that are loaded, "1 3".
  std::string generations() const {
    const Answer plugin = admin("GET", "/v1/plugins/owns");
    std::string all;
    for (int i = 0;; ++i) {
      const std::string one = plugin.at("/generations/" + std::to_string(i) + "/generation");
      if (one.empty()) return all;
      all += (i > 0 ? " " : "") + one;
    }
  }
  void reload() const {
    CHECK(admin("POST", "/v1/plugins/owns/reload", R"({"force":true})").status() == 200);
  }
};

// A client that has asked for more than its socket takes, and reads no further.
RawClient stalled(const HostFixture& host) {
  RawClient client(host.data_port());
  REQUIRE(client.send(request()));
  REQUIRE_FALSE(client.read_some(kPatience).empty());
  return client;
}

}  // namespace

TEST_SUITE("adopt") {
  TEST_CASE("adopt: memory of the handler's arrives whole, and is given back once it has") {
    const OwnsHost host;
    RawClient client(host.data_port());
    for (int i = 1; i <= 3; ++i) {
      const auto answer = client.ask(request());
      REQUIRE(answer.has_value());
      CHECK(answer->header("Content-Length") == std::to_string(kSize));
      CHECK(answer->body == std::string(kSize, 'x'));
      CHECK(host.wait_given_back(std::to_string(i)));
    }
  }

  TEST_CASE("adopt: memory that is not sent is given back all the same") {
    const OwnsHost host([](HostConfig& config) { config.max_response_bytes = kSize; });
    SUBCASE("to HEAD") {
      RawClient client(host.data_port());
      REQUIRE(client.send("HEAD " + target() + " HTTP/1.1\r\nHost: h\r\n\r\n"));
      CHECK(client.read_response(true)->header("Content-Length") == std::to_string(kSize));
    }
    SUBCASE("of an answer that is too large") {
      CHECK(host.get("/owns?size=" + std::to_string(kSize + 1)).code() == "response_too_large");
    }
    SUBCASE("of an answer that HTTP forbids") {
      CHECK(host.get(target() + "&bad").status() == 502);
    }
    SUBCASE("to a client that leaves") {
      RawClient client = stalled(host);
      CHECK(host.given_back() == "0");
      client.reset();
    }
    SUBCASE("to a client that is a shadow's") {
      host.create_backend("shadow", "owns");
      CHECK(host.admin("PUT", "/v1/endpoints/owns/shadows", R"({"shadow":1.0})").status() == 200);
      CHECK(host.get(target()).body().size() == kSize);
      CHECK(host.wait_given_back("2"));
      return;
    }
    CHECK(host.wait_given_back("1"));
  }

  TEST_CASE("adopt: a version stays loaded until its memory is given back, and serves no more") {
    const OwnsHost host;
    RawClient client = stalled(host);
    host.reload();
    host.reload();
    CHECK(host.get("/owns").header("Backplane-Backend") == "owns@3");
    // The second has nothing out. What the first has lent is all that keeps it.
    const auto second_is_gone = [&host] {
      return host.generations().find('2') == std::string::npos;
    };
    CHECK(wait_for(second_is_gone));
    const std::string kept = host.generations();
    CHECK(kept.find('1') != std::string::npos);
    bool reads = false;
    SUBCASE("by a client that reads on") {
      reads = true;
    }
    SUBCASE("by a client that leaves") {
      client.reset();
    }
    CHECK(wait_for([&] {
      if (reads) static_cast<void>(client.read_some(std::chrono::milliseconds(1)));
      return host.generations() == "3";
    }));
  }

  TEST_CASE("adopt: a host that stops gives back what it has not sent") {
    OwnsHost host;
    const RawClient client = stalled(host);
    // Checks that it stops in order; the version is unloaded, its staged file gone.
    host.stop();
    CHECK(std::filesystem::is_empty(host.directory() / "state" / "staging"));
  }
}

}  // namespace backplane::host
