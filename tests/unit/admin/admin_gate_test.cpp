#include "host/admin/admin_gate.hpp"

#include <arpa/inet.h>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "host/admin/token_digest.hpp"

namespace backplane::host {
namespace {

const std::string token_text(64, 'a');
const TimePoint now = TimePoint{} + std::chrono::hours(1);
const WallTime wall_time = WallTime{std::chrono::seconds{1'800'000'000}};

HttpRequest request(std::string_view authority, std::vector<HeaderField> headers = {}) {
  HttpRequest made;
  made.method = "GET";
  made.authority = authority;
  made.headers = std::move(headers);
  return made;
}

AdminToken token(const std::string& label, AdminRole role, const std::string& text,
                 std::optional<WallTime> expires = std::nullopt) {
  AdminToken made{.label = label, .role = role, .salt = "0123456789abcdef", .expires = expires};
  made.sha256 = token_digest(made.salt, text);
  return made;
}

GateRules with_tokens() {
  GateRules rules;
  rules.tokens.emplace(
      std::vector{token("ci", AdminRole::kOperate, token_text),
                  token("gone", AdminRole::kDeploy, std::string(64, 'b'), wall_time)});
  return rules;
}

PeerAddress peer(std::uint32_t number) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(number);
  sockaddr_in6 storage{};
  std::memcpy(&storage, &address, sizeof address);
  return PeerAddress::of(storage);
}

// "ci operate", or the code of the refusal.
std::string tried(AdminGate& gate, const HttpRequest& made, const PeerAddress& from = {}) {
  const auto caller = gate.check(made, from, now, wall_time);
  if (!caller.ok()) return std::string(caller.error().reason());
  return caller.value().label + " " + std::string(name_of(caller.value().role));
}

std::uint64_t failures(const AdminGate& gate, AuthFailure why) {
  return gate.counts().auth_failures[static_cast<std::size_t>(why)].load();
}

TEST_SUITE("admin") {
  TEST_CASE("AdminGate: only names of this machine are answered") {
    GateRules rules;
    rules.host_names = {"admin.internal", "[2001:db8::1]"};
    AdminGate gate(rules);
    for (const std::string_view ours :
         {"localhost", "localhost:8001", "127.0.0.1:8001", "[::1]:8001", "[::1]", "LOCALHOST:1",
          "admin.internal:8001", "[2001:DB8::1]:8001"}) {
      CAPTURE(ours);
      CHECK(tried(gate, request(ours)) == "local deploy");
    }
    CHECK(gate.counts().bad_host == 0);
    for (const std::string_view other :
         {"attacker.example", "attacker.example:8001", "127.0.0.1.attacker.example", "",
          "localhost.attacker.example:8001", "[::2]:8001"}) {
      CAPTURE(other);
      CHECK(tried(gate, request(other)) == "misdirected");
    }
    CHECK(gate.counts().bad_host == 6);
  }

  TEST_CASE("AdminGate: a page of another site is turned away, our own is not") {
    AdminGate gate{GateRules{}};
    const auto with = [](std::string_view name, std::string_view value) {
      return request("localhost:8001", {{name, value}});
    };
    CHECK(tried(gate, with("Origin", "http://attacker.example")) == "cross_site");
    CHECK(tried(gate, with("Origin", "null")) == "cross_site");
    CHECK(tried(gate, with("Sec-Fetch-Site", "cross-site")) == "cross_site");
    CHECK(tried(gate, with("Sec-Fetch-Site", "same-site")) == "cross_site");
    CHECK(gate.counts().csrf_refused == 4);
    CHECK(tried(gate, with("Origin", "http://localhost:8001")) == "local deploy");
    CHECK(tried(gate, with("Sec-Fetch-Site", "same-origin")) == "local deploy");
    CHECK(tried(gate, with("Sec-Fetch-Site", "none")) == "local deploy");
  }

  TEST_CASE("AdminGate: with tokens, only the bearer of one comes in, as whoever it is") {
    AdminGate gate(with_tokens());
    const std::string good = "Bearer " + token_text;
    CHECK(tried(gate, request("localhost", {{"Authorization", good}})) == "ci operate");
    CHECK(tried(gate, request("localhost", {{"authorization", "bearer " + token_text}})) ==
          "ci operate");
  }

  TEST_CASE("AdminGate: whatever is no token has the same answer, and a count of its own") {
    AdminGate gate(with_tokens());
    const std::string good = "Bearer " + token_text;
    std::string twice = good;
    twice.append(",").append(good);
    const std::vector<std::pair<std::string, AuthFailure>> bad{
        {"Bearer", AuthFailure::kMalformed},
        {"Bearer ", AuthFailure::kMalformed},
        {"Basic " + token_text, AuthFailure::kMalformed},
        {token_text, AuthFailure::kMalformed},
        {twice, AuthFailure::kMalformed},
        {"Bearer " + token_text + "x", AuthFailure::kUnknown},
        {"Bearer " + token_text.substr(1), AuthFailure::kUnknown},
        {"Bearer " + std::string(64, 'b'), AuthFailure::kExpired}};
    for (const auto& [header, why] : bad) {
      const std::string& field = header;  // what doctest captures may not be a structured binding
      CAPTURE(field);
      const std::uint64_t before = failures(gate, why);
      CHECK(tried(gate, request("localhost", {{"Authorization", field}})) == "unauthenticated");
      CHECK(failures(gate, why) == before + 1);
    }
    CHECK(tried(gate, request("localhost")) == "unauthenticated");
    CHECK(failures(gate, AuthFailure::kMissing) == 1);
  }

  TEST_CASE("AdminGate: who fails too often is not listened to, others are") {
    AdminGate gate(with_tokens());
    for (int i = 0; i < 10; ++i) {
      CHECK(tried(gate, request("localhost"), peer(1)) == "unauthenticated");
    }
    const std::string field = "Bearer " + token_text;
    const HttpRequest good = request("localhost", {{"Authorization", field}});
    CHECK(tried(gate, good, peer(1)) == "rate_limited");
    CHECK(tried(gate, good, peer(2)) == "ci operate");
    CHECK(failures(gate, AuthFailure::kTooMany) == 1);
    const auto later = gate.check(good, peer(1), now + std::chrono::seconds(1), wall_time);
    CHECK(later.ok());
  }

  TEST_CASE("AdminGate: a foreign host or page is refused before the token is judged") {
    AdminGate gate(with_tokens());
    CHECK(tried(gate, request("attacker.example")) == "misdirected");
    CHECK(tried(gate, request("localhost", {{"Origin", "null"}})) == "cross_site");
    CHECK(failures(gate, AuthFailure::kMissing) == 0);
  }
}

}  // namespace
}  // namespace backplane::host
