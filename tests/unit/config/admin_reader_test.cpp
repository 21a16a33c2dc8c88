#include "host/config/admin_reader.hpp"

#include <string>
#include <string_view>
#include <vector>

#include "host/config/host_config_reader.hpp"
#include "tests/unit/config/read_json.hpp"

namespace backplane::host {
namespace {

const std::string digest(62, 'a');

std::string token(const std::string& members) {
  return R"({"label":"ci","role":"operate","salt":"0123456789abcdef","sha256":"01)" + digest +
         "\"" + members + "}";
}

HostConfig read(const std::string& admin, std::vector<Error>& errors) {
  return read_host_config(read_json(R"({"admin":)" + admin + "}").root(), "", errors);
}

std::vector<std::string> places_of(const std::string& admin) {
  std::vector<Error> errors;
  read(admin, errors);
  std::vector<std::string> places;
  places.reserve(errors.size());
  for (const Error& error : errors) {
    places.push_back(std::string(error.reason()) + " " + error.pointer());
  }
  return places;
}

std::string with_role(const std::string& role) {
  return R"({"tokens":[{"label":"a","role":")" + role +
         R"(","salt":"0123456789abcdef","sha256":"01)" + digest + "\"}]}";
}

TEST_SUITE("config") {
  TEST_CASE("admin.tokens: each entry is read, and two may have one label") {
    std::vector<Error> errors;
    const HostConfig config = read(R"({"tokens":[)" + token(R"(,"$comment":"the old one")") + "," +
                                       token(R"(,"expires":"2027-01-31T00:00:00Z")") +
                                       R"(],"host_names":["a.example",)" + R"("[2001:db8::1]"]})",
                                   errors);
    REQUIRE(errors.empty());
    REQUIRE(config.admin_tokens.size() == 2);
    const AdminToken& old = config.admin_tokens[0];
    CHECK(old.label == "ci");
    CHECK(old.role == AdminRole::kOperate);
    CHECK(old.salt == "0123456789abcdef");
    CHECK(old.sha256.front() == 0x01);
    CHECK(old.sha256.back() == 0xaa);
    CHECK_FALSE(old.expires.has_value());
    CHECK(config.admin_tokens[1].expires == parse_wall_time("2027-01-31T00:00:00Z"));
    CHECK(config.admin_host_names == std::vector<std::string>{"a.example", "[2001:db8::1]"});
  }

  TEST_CASE("admin.tokens: the three roles have their names, and there is no other") {
    for (const char* role : {"read", "operate", "deploy"})
      CHECK(places_of(with_role(role)).empty());
    for (const char* role : {"admin", "READ", ""}) {
      CAPTURE(role);
      CHECK(places_of(with_role(role)) ==
            std::vector<std::string>{"invalid_argument /admin/tokens/0/role"});
    }
  }

  TEST_CASE("admin.tokens: a mistake is an error at its place, never a token less") {
    CHECK(places_of(R"({"tokens":[{}]})") ==
          std::vector<std::string>{"missing_field /admin/tokens/0", "missing_field /admin/tokens/0",
                                   "missing_field /admin/tokens/0",
                                   "missing_field /admin/tokens/0"});
    CHECK(places_of(R"({"tokens":[{"label":"a b","role":"read","salt":"short","sha256":"zz",)"
                    R"("expires":"tomorrow","tokn":"x"}]})") ==
          std::vector<std::string>{
              "bad_name /admin/tokens/0/label", "invalid_argument /admin/tokens/0/salt",
              "invalid_argument /admin/tokens/0/sha256", "invalid_argument /admin/tokens/0/expires",
              "unknown_field /admin/tokens/0/tokn"});
    CHECK(places_of(R"({"tokens":{"label":"a"}})") ==
          std::vector<std::string>{"invalid_argument /admin/tokens"});
    std::string many = token("");
    for (int i = 0; i < 64; ++i) many += "," + token("");
    CHECK(places_of(R"({"tokens":[)" + many + "]}") ==
          std::vector<std::string>{"invalid_argument /admin/tokens"});
  }

  TEST_CASE("admin.tokens: nobody's token is called as those are who need none") {
    for (const char* const label : {"local", "watcher"}) {
      CAPTURE(label);
      CHECK(places_of(R"({"tokens":[{"label":")" + std::string(label) +
                      R"(","role":"read","salt":"0123456789abcdef","sha256":"01)" + digest +
                      "\"}]}") ==
            std::vector<std::string>{"invalid_argument /admin/tokens/0/label"});
    }
    CHECK(places_of(R"({"auth":"none","tokens":[)" + token("") + "]}") ==
          std::vector<std::string>{"invalid_argument /admin/tokens"});
  }

  TEST_CASE("admin.host_names: a name has no port and no scheme") {
    for (const char* name : {"a:1", "http://a", "", "a/b", "[]", "[::1", "*"}) {
      CAPTURE(name);
      CHECK(places_of(R"({"host_names":[")" + std::string(name) + "\"]}") ==
            std::vector<std::string>{"invalid_argument /admin/host_names/0"});
    }
    CHECK(places_of(R"({"host_names":"a"})") ==
          std::vector<std::string>{"invalid_argument /admin/host_names"});
  }
}

}  // namespace
}  // namespace backplane::host
