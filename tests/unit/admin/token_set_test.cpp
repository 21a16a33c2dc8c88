#include "host/admin/token_set.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "host/admin/token_digest.hpp"

namespace backplane::host {
namespace {

const WallTime now = WallTime{std::chrono::seconds{1'800'000'000}};
const std::string text(64, 'a');

AdminToken token(const std::string& label, AdminRole role, const std::string& of,
                 std::optional<WallTime> expires = std::nullopt) {
  AdminToken made{.label = label, .role = role, .salt = "salt-of-" + label, .expires = expires};
  made.sha256 = token_digest(made.salt, of);
  return made;
}

std::string found(const TokenSet& set, const std::string& candidate) {
  const AdminToken* token = set.find(candidate, now);
  return token == nullptr ? "none" : token->label;
}

TEST_SUITE("admin") {
  TEST_CASE("TokenSet: the digest is what sha256sum says of the salt and the token behind it") {
    // printf '%s%s' 0123456789abcdef secret | sha256sum
    const TokenDigest digest = token_digest("0123456789abcdef", "secret");
    CHECK(digest[0] == 0xc5);
    CHECK(digest[31] == 0x14);
    CHECK(same_digest(digest, digest));
    for (std::size_t i = 0; i < digest.size(); ++i) {
      TokenDigest other = digest;
      other[i] ^= 1U;
      CHECK_FALSE(same_digest(digest, other));
    }
  }

  TEST_CASE("TokenSet: a token is found, and nothing that is nearly one") {
    const TokenSet set(
        {token("a", AdminRole::kRead, text), token("b", AdminRole::kDeploy, "other")});
    CHECK(found(set, text) == "a");
    CHECK(found(set, "other") == "b");
    for (const std::string& wrong : {std::string(), text.substr(1), text + "a",
                                     text + std::string(1, '\0'), std::string(8192, 'a')}) {
      CHECK(found(set, wrong) == "none");
    }
    CHECK(found(TokenSet({}), text) == "none");
  }

  TEST_CASE("TokenSet: a token that goes on behind the longest one is none") {
    const std::string longest(TokenSet::kLongestToken, 'x');
    const TokenSet set({token("long", AdminRole::kRead, longest)});
    CHECK(found(set, longest) == "long");
    CHECK(found(set, longest + "x") == "none");
  }

  // Row 100: had the search ended at the first that fits, the order would decide.
  TEST_CASE("TokenSet: all candidates are looked at, wherever the first one stands that fits") {
    std::vector<AdminToken> tokens{
        token("1", AdminRole::kRead, text), token("2", AdminRole::kOperate, text),
        token("3", AdminRole::kDeploy, text), token("4", AdminRole::kDeploy, "another")};
    do {
      CHECK(found(TokenSet(tokens), text) == "3");
    } while (std::next_permutation(
        tokens.begin(), tokens.end(),
        [](const AdminToken& one, const AdminToken& other) { return one.label < other.label; }));
  }

  TEST_CASE("TokenSet: a token ends with its last second, and its successor does not") {
    const TokenSet set({token("old", AdminRole::kDeploy, text, now),
                        token("new", AdminRole::kDeploy, "new", now + std::chrono::seconds(1))});
    const AdminToken* old = set.find(text, now);
    REQUIRE(old != nullptr);
    CHECK(old->expired(now));
    CHECK_FALSE(old->expired(now - std::chrono::seconds(1)));
    const AdminToken* successor = set.find("new", now);
    REQUIRE(successor != nullptr);
    CHECK_FALSE(successor->expired(now));
    // The same token twice, one of them with an end: it is good as long as one of them is.
    const TokenSet twice(
        {token("ended", AdminRole::kDeploy, text, now), token("endless", AdminRole::kRead, text)});
    CHECK(found(twice, text) == "endless");
  }
}

}  // namespace
}  // namespace backplane::host
