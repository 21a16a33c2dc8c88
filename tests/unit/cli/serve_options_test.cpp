#include "host/cli/serve_options.hpp"

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/unit/cli/temporary_folder.hpp"

namespace backplane::host {
namespace {

Result<ServeOptions> options_of(const std::vector<std::string>& arguments) {
  const auto command = parse_command(serve_syntax(), arguments);
  REQUIRE(command.ok());
  return serve_options(command.value());
}

TEST_SUITE("cli") {
  TEST_CASE("serve: without options the defaults stand") {
    const auto options = options_of({});
    REQUIRE(options.ok());
    CHECK_FALSE(options.value().config_file.has_value());
    CHECK(options.value().config.data.port == 8000);
    CHECK(options.value().config.admin.port == 8001);
    CHECK(options.value().config.plugin_directory == "plugins");
    CHECK(options.value().config.state_directory == "state");
  }

  TEST_CASE("serve: options win over the file, and their paths start at the working directory") {
    const TemporaryFolder folder;
    const std::string file = folder.add("host.json", R"({"data": {"port": 1, "io_threads": 3},
      "plugins": {"directory": "p"}, "state": {"directory": "s"}, "app": "a.json"})");
    const auto plain = options_of({"--config", file});
    REQUIRE(plain.ok());
    CHECK(plain.value().config_file == file);
    CHECK(plain.value().config.data.port == 1);
    CHECK(plain.value().config.plugin_directory == folder.path() / "p");
    CHECK(plain.value().config.app_file == folder.path() / "a.json");
    CHECK_FALSE(plain.value().config.tolerant);
    const auto options =
        options_of({"--config", file, "--data", "[::1]:0", "--admin=127.0.0.2:9", "--plugins",
                    "x/../q", "--state=/t", "--app", "b.json", "--tolerant"});
    REQUIRE(options.ok());
    const HostConfig& config = options.value().config;
    CHECK(config.data.address == "::1");
    CHECK(config.data.port == 0);
    CHECK(config.data.io_threads == 3);
    CHECK(config.admin.address == "127.0.0.2");
    CHECK(config.admin.port == 9);
    CHECK(config.plugin_directory == "q");
    CHECK(config.state_directory == "/t");
    CHECK(config.app_file == "b.json");
    CHECK(config.tolerant);
  }

  TEST_CASE("serve: an option's wrong value is told apart from a wrong file") {
    const auto bad = options_of({"--data", "localhost:80"});
    REQUIRE_FALSE(bad.ok());
    CHECK(bad.error().reason() == "bad_option");
    CHECK(bad.error().message().starts_with("serve: --data: found 'localhost:80'"));
    CHECK(options_of({"--plugins="}).error().reason() == "bad_option");
    const TemporaryFolder folder;
    const auto wrong = options_of({"--config", folder.add("h.json", R"({"data": 1})")});
    REQUIRE_FALSE(wrong.ok());
    CHECK(wrong.error().reason() != "bad_option");
    CHECK(options_of({"--config", "/nonexistent/h.json"}).error().reason() == "no_such_file");
  }

  TEST_CASE("serve: what the options make of the configuration is checked again") {
    CHECK_FALSE(options_of({"--admin", "0.0.0.0:8001"}).ok());
    CHECK_FALSE(options_of({"--data", "127.0.0.1:8001"}).ok());
    CHECK(options_of({"--data", "0.0.0.0:8000"}).ok());
  }
}

}  // namespace
}  // namespace backplane::host
