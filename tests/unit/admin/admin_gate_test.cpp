#include "host/admin/admin_gate.hpp"

#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

namespace backplane::host {
namespace {

const std::string token_text(64, 'a');

HttpRequest request(std::string_view authority, std::vector<HeaderField> headers = {}) {
  HttpRequest made;
  made.method = "GET";
  made.authority = authority;
  made.headers = std::move(headers);
  return made;
}

ErrorCode code_of(const Status& status) {
  REQUIRE_FALSE(status.ok());
  return status.error().code();
}

TEST_SUITE("admin") {
  TEST_CASE("AdminGate: only names of this machine are answered") {
    const AdminGate gate{.host_names = {"admin.internal"}, .token = std::nullopt};
    for (const std::string_view ours :
         {"localhost", "localhost:8001", "127.0.0.1:8001", "[::1]:8001", "[::1]", "LOCALHOST:1",
          "admin.internal:8001"}) {
      CAPTURE(ours);
      CHECK(gate.check(request(ours)).ok());
    }
    for (const std::string_view other :
         {"attacker.example", "attacker.example:8001", "127.0.0.1.attacker.example", "",
          "localhost.attacker.example:8001", "[::2]:8001"}) {
      CAPTURE(other);
      CHECK(code_of(gate.check(request(other))) == ErrorCode::kMisdirected);
    }
  }

  TEST_CASE("AdminGate: a page of another site is turned away, our own is not") {
    const AdminGate gate;
    const auto with = [](std::string_view name, std::string_view value) {
      return request("localhost:8001", {{name, value}});
    };
    CHECK(code_of(gate.check(with("Origin", "http://attacker.example"))) == ErrorCode::kForbidden);
    CHECK(code_of(gate.check(with("Origin", "null"))) == ErrorCode::kForbidden);
    CHECK(code_of(gate.check(with("Sec-Fetch-Site", "cross-site"))) == ErrorCode::kForbidden);
    CHECK(code_of(gate.check(with("Sec-Fetch-Site", "same-site"))) == ErrorCode::kForbidden);
    CHECK(gate.check(with("Origin", "http://localhost:8001")).ok());
    CHECK(gate.check(with("Sec-Fetch-Site", "same-origin")).ok());
    CHECK(gate.check(with("Sec-Fetch-Site", "none")).ok());
  }

  TEST_CASE("AdminGate: with a token, only its bearer comes in") {
    const AdminGate gate{.host_names = {}, .token = AdminToken::from_text(token_text)};
    const std::string good = "Bearer " + token_text;
    CHECK(gate.check(request("localhost", {{"Authorization", good}})).ok());
    CHECK(gate.check(request("localhost", {{"authorization", "bearer " + token_text}})).ok());
    std::string twice = good;
    twice.append(",").append(good);
    for (const std::string& bad :
         {std::string("Bearer"), std::string("Bearer "), "Bearer " + token_text + "x",
          "Bearer " + token_text.substr(1), "Basic " + token_text, token_text, twice}) {
      CAPTURE(bad);
      CHECK(code_of(gate.check(request("localhost", {{"Authorization", bad}}))) ==
            ErrorCode::kUnauthenticated);
    }
    CHECK(code_of(gate.check(request("localhost"))) == ErrorCode::kUnauthenticated);
  }

  TEST_CASE("AdminGate: a foreign host is refused before the token is judged") {
    const AdminGate gate{.host_names = {}, .token = AdminToken::from_text(token_text)};
    CHECK(code_of(gate.check(request("attacker.example"))) == ErrorCode::kMisdirected);
  }
}

}  // namespace
}  // namespace backplane::host
