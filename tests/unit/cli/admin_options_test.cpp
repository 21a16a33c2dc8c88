#include "host/cli/admin_options.hpp"

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/unit/cli/temporary_folder.hpp"

namespace backplane::host {
namespace {

Result<AdminOptions> options_of(const std::vector<std::string>& arguments,
                                const Environment& environment = {}) {
  const auto command = parse_command(
      {.name = "x", .summary = "", .options = admin_option_syntaxes(), .notes = ""}, arguments);
  REQUIRE(command.ok());
  return admin_options(command.value(), environment);
}

TEST_SUITE("cli") {
  TEST_CASE("admin options: without any, a host of this machine and no token") {
    const auto options = options_of({});
    REQUIRE(options.ok());
    CHECK(options.value().admin == ServerAddress{"127.0.0.1", "8001", false});
    CHECK_FALSE(options.value().token.has_value());
    CHECK_FALSE(options.value().timeout.has_value());
    CHECK_FALSE(options.value().json);
    CHECK_FALSE(options.value().shows_progress);
  }

  TEST_CASE("admin options: the environment counts, and the command line counts more") {
    const TemporaryFolder folder;
    const Environment environment{
        .admin = "10.0.0.1:1", .token_file = folder.add("one", "first\n"), .on_terminal = true};
    const auto plain = options_of({}, environment);
    REQUIRE(plain.ok());
    CHECK(plain.value().admin.host == "10.0.0.1");
    CHECK(plain.value().token == "first");
    CHECK(plain.value().shows_progress);
    const auto given = options_of({"--admin", "[::1]:2", "--token-file",
                                   folder.add("two", " second "), "--timeout=250", "--json"},
                                  environment);
    REQUIRE(given.ok());
    CHECK(given.value().admin.authority() == "[::1]:2");
    CHECK(given.value().token == "second");
    CHECK(given.value().timeout == std::chrono::milliseconds(250));
    CHECK(given.value().json);
    CHECK_FALSE(given.value().shows_progress);
  }

  TEST_CASE("admin options: an authority means TLS, and so does https") {
    const auto trusted = options_of({"--tls-ca", "/ca.pem"});
    CHECK(trusted.value().admin.tls);
    CHECK(trusted.value().authorities == "/ca.pem");
    CHECK(options_of({"--admin", "https://a:1"}).value().admin.tls);
    const Environment environment{.authorities = "/env.pem"};
    const auto by_environment = options_of({}, environment);
    CHECK(by_environment.value().admin.tls);
    CHECK(by_environment.value().authorities == "/env.pem");
    CHECK(options_of({"--tls-ca", "/ca.pem"}, environment).value().authorities == "/ca.pem");
    // The data listener may have TLS, and the admin listener none.
    CHECK_FALSE(options_of({"--admin", "http://a:1"}, environment).value().admin.tls);
    // A name that a script forgot to fill in.
    const auto empty = options_of({"--tls-ca="}, environment);
    CHECK(empty.value().admin.tls);
    CHECK(empty.value().authorities == "");
  }

  TEST_CASE("admin options: what is wrong is said in one line") {
    const TemporaryFolder folder;
    for (const std::vector<std::string>& arguments :
         {std::vector<std::string>{"--admin", "nowhere"},
          {"--admin="},
          {"--timeout", "0"},
          {"--timeout", "1s"},
          {"--timeout", "86400001"},
          {"--token-file", "/nonexistent/t"},
          {"--token-file="},
          {"--token-file", folder.path().string()},
          {"--token-file", folder.add("empty", " \n")},
          {"--token-file", folder.add("two-words", "a b")},
          {"--token-file", folder.add("long", std::string(5000, 'x'))}}) {
      CAPTURE(arguments.back());
      const auto options = options_of(arguments);
      REQUIRE_FALSE(options.ok());
      CHECK(options.error().message().find('\n') == std::string::npos);
    }
  }
}

}  // namespace
}  // namespace backplane::host
