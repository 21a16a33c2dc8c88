#include "host/cli/test_plugin_command.hpp"

#include <chrono>
#include <sstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "host/plugin/trial_plan.hpp"
#include "tests/unit/cli/temporary_folder.hpp"

namespace backplane::host {
namespace {

ParsedCommand typed(std::vector<std::string> words) {
  words.insert(words.begin(), "x.so");
  auto parsed = parse_command(test_plugin_syntax(), words);
  REQUIRE(parsed.ok());
  return std::move(parsed).value();
}

ConformanceOptions options(const std::vector<std::string>& words) {
  auto read = conformance_options(typed(words));
  REQUIRE(read.ok());
  return std::move(read).value();
}

// The message of the refusal.
std::string refusal(const std::vector<std::string>& words) {
  const auto read = conformance_options(typed(words));
  REQUIRE_FALSE(read.ok());
  CHECK(read.error().reason() == "bad_option");
  return read.error().message();
}

TEST_SUITE("cli") {
  TEST_CASE("test-plugin: without options it is a thousand reloads and samples that anybody has") {
    const ConformanceOptions read = options({});
    CHECK(read.reloads == 1000);
    CHECK(read.time_limit == std::chrono::seconds(60));
    CHECK(read.samples == generic_samples());
    CHECK(read.init_json.empty());
  }

  TEST_CASE("test-plugin: a configuration is for all handlers or for the one that is named") {
    const TemporaryFolder folder;
    const std::string file = folder.add("c.json", R"({"b=":2})");
    const ConformanceOptions read =
        options({"--config", R"({"a=":1})", "--config", "thumbs.v2=@" + file, "--config",
                 "other=[]", "--user-config", "@" + file});
    CHECK(read.init_json.at("") == R"({"a=":1})");
    CHECK(read.init_json.at("thumbs.v2") == R"({"b=":2})");
    CHECK(read.init_json.at("other") == "[]");
    CHECK(read.user_config_json.at("") == R"({"b=":2})");
  }

  TEST_CASE("test-plugin: samples are bodies that were typed, files, and lines of a file") {
    const TemporaryFolder folder;
    const std::string body = folder.add("body.bin", std::string("\0two\nlines\n", 11));
    const std::string lines = folder.add("lines.txt", "one\r\n\n{\"two\":2}\nlast");
    const ConformanceOptions read =
        options({"--request", "typed", "--request", "@" + body, "--samples", lines});
    CHECK(read.samples == std::vector<std::string>{"typed", std::string("\0two\nlines\n", 11),
                                                   "one", "", "{\"two\":2}", "last"});
  }

  TEST_CASE("test-plugin: what makes no test is refused by the option's name") {
    const TemporaryFolder folder;
    const std::string many = folder.add("many.txt", std::string(2 * kMaxSamples + 2, '\n'));
    CHECK(refusal({"--config", "{"}).starts_with("--config: "));
    CHECK(refusal({"--config", "h={"}).starts_with("--config: "));
    CHECK(refusal({"--user-config", "@/nonexistent"}).starts_with("--user-config: "));
    CHECK(refusal({"--request", "@/nonexistent"}).starts_with("--request: "));
    CHECK(refusal({"--samples", many}).starts_with("--samples: "));
    for (const char* number : {"-1", "1.5", "", "1000001", "many"}) {
      CHECK(refusal({"--reloads", number}).starts_with("--reloads: "));
    }
    CHECK(refusal({"--timeout", "soon"}).starts_with("--timeout: "));
    CHECK(refusal({"--timeout", "0"}).starts_with("--timeout: "));
  }

  TEST_CASE("test-plugin: a file that is no plugin ends with 1, for people or not") {
    const TemporaryFolder folder;
    const std::string file = folder.add("text.so", std::string(4096, 'x'));
    for (const bool json : {false, true}) {
      std::vector<std::string> words{file};
      if (json) words.emplace_back("--json");
      const auto parsed = parse_command(test_plugin_syntax(), words);
      REQUIRE(parsed.ok());
      std::ostringstream out;
      std::ostringstream err;
      CHECK(run_test_plugin(parsed.value(), out, err) == ExitCode::kFailed);
      CHECK(err.str().empty());
      CHECK(out.str().find("not_elf") != std::string::npos);
      CHECK(out.str().starts_with(json ? "{" : "FAIL     load"));
    }
  }

  TEST_CASE("test-plugin: options that make no test end with 64") {
    std::ostringstream out;
    std::ostringstream err;
    CHECK(run_test_plugin(typed({"--reloads", "x"}), out, err) == ExitCode::kUsage);
    CHECK(err.str().starts_with("backplane: test-plugin: --reloads: "));
    CHECK(out.str().empty());
  }
}

}  // namespace
}  // namespace backplane::host
