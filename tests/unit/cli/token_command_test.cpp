#include "host/cli/token_command.hpp"

#include <map>
#include <sstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "host/admin/token_set.hpp"
#include "host/config/host_config_reader.hpp"
#include "host/json/json_reader.hpp"

namespace backplane::host {
namespace {

struct Run {
  ExitCode code;
  std::string out;
  std::string err;
};

Run run(const std::map<std::string, std::string>& options) {
  ParsedCommand command;
  command.options = options;
  std::ostringstream out;
  std::ostringstream err;
  const ExitCode code = run_token(command, out, err);
  return {code, out.str(), err.str()};
}

// What stands behind `key` on its line.
std::string after(const std::string& text, const std::string& key) {
  const std::size_t at = text.find(key);
  REQUIRE(at != std::string::npos);
  const std::size_t begin = at + key.size();
  return text.substr(begin, text.find('\n', begin) - begin);
}

TEST_SUITE("cli") {
  TEST_CASE("backplane token: a host with the entry in its configuration knows the token") {
    const Run ran =
        run({{"label", "ci"}, {"role", "operate"}, {"expires", "2027-01-31T00:00:00Z"}});
    REQUIRE(ran.code == ExitCode::kOk);
    const std::string secret = after(ran.out, "token: ");
    const std::string entry = after(ran.out, "entry: ");
    CHECK(secret.size() == 64);
    CHECK(entry.find(secret) == std::string::npos);

    const auto document = parse_json(R"({"admin":{"tokens":[)" + entry + "]}}");
    REQUIRE(document.ok());
    std::vector<Error> errors;
    const HostConfig config = read_host_config(document.value().root(), "", errors);
    REQUIRE(errors.empty());
    const TokenSet tokens(config.admin_tokens);
    const WallTime end = *parse_wall_time("2027-01-31T00:00:00Z");
    const AdminToken* known = tokens.find(secret, end);
    REQUIRE(known != nullptr);
    CHECK(known->label == "ci");
    CHECK(known->role == AdminRole::kOperate);
    CHECK(known->expired(end));
    CHECK(tokens.find(std::string(64, '0'), end) == nullptr);
  }

  TEST_CASE("backplane token: without --expires it never ends, and no two are the same") {
    const Run one = run({{"label", "ci"}, {"role", "read"}});
    const Run other = run({{"label", "ci"}, {"role", "read"}});
    CHECK(one.out.find("expires") == std::string::npos);
    CHECK(after(one.out, "token: ") != after(other.out, "token: "));
    CHECK(after(one.out, "entry: ") != after(other.out, "entry: "));
  }

  TEST_CASE("backplane token: what is missing or wrong is one line, and 64") {
    for (const std::map<std::string, std::string>& options :
         {std::map<std::string, std::string>{}, std::map<std::string, std::string>{{"label", "a"}},
          std::map<std::string, std::string>{{"role", "read"}},
          std::map<std::string, std::string>{{"label", "a b"}, {"role", "read"}},
          std::map<std::string, std::string>{{"label", "a"}, {"role", "admin"}},
          std::map<std::string, std::string>{
              {"label", "a"}, {"role", "read"}, {"expires", "tomorrow"}}}) {
      const Run ran = run(options);
      CAPTURE(ran.err);
      CHECK(ran.code == ExitCode::kUsage);
      CHECK(ran.err.starts_with("backplane: token: "));
      CHECK(ran.out.empty());
    }
  }
}

}  // namespace
}  // namespace backplane::host
