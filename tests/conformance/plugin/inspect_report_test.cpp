#include "host/plugin/inspect_report.hpp"

#include <chrono>
#include <filesystem>
#include <string>

#include <doctest/doctest.h>

#include "host/plugin/probe_runner.hpp"
#include "tests/unit/plugin/temporary_directory.hpp"

namespace backplane::host {
namespace {

InspectReport inspect(const std::string& path,
                      std::chrono::milliseconds patience = std::chrono::seconds(20)) {
  return inspect_plugin(path, PreflightPolicy(), ProbeRunner::program_beside_this(), patience);
}

std::string code(const InspectReport& report) {
  return report.refusal ? std::string(report.refusal->reason()) : "accepted";
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_SUITE("plugin") {
  TEST_CASE("inspect: a good plugin is shown with its handlers and digest") {
    const InspectReport report = inspect(BACKPLANE_HELLO_PLUGIN);
    CHECK(code(report) == "accepted");
    CHECK(report.accepted(false));
    REQUIRE(report.handlers.size() == 1);
    CHECK(report.handlers[0].name == "hello");
    const std::string text = to_text(report, false);
    CHECK(contains(text, "verdict     accepted"));
    CHECK(contains(text, "handlers    hello "));
    CHECK(contains(text, report.sha256));
    const std::string json = to_json(report, false);
    CHECK(contains(json, "\"accepted\":true"));
    CHECK(contains(json, "\"handlers\":[{\"name\":\"hello\""));
    CHECK(json.back() == '\n');
  }

  TEST_CASE("inspect: what a handler can do is told") {
    const InspectReport report = inspect(BACKPLANE_TEST_PLUGINS "/bcount.so");
    REQUIRE(report.handlers.size() == 1);
    CHECK(report.handlers[0].max_batch > 1);
    CHECK(contains(to_text(report, false), "batches of up to"));
  }

  TEST_CASE("inspect: warnings refuse a plugin only when it is strict") {
    const InspectReport report = inspect(BACKPLANE_CORPUS "/static_constructor.so");
    CHECK(report.accepted(false));
    CHECK_FALSE(report.accepted(true));
    CHECK(contains(to_text(report, true), "static_constructors"));
    CHECK(contains(to_json(report, true), "\"accepted\":false"));
  }

  TEST_CASE("inspect: every file of the corpus is explained") {
    for (const auto& file : std::filesystem::directory_iterator(BACKPLANE_CORPUS)) {
      const InspectReport report = inspect(file.path());
      const std::string text = to_text(report, true);
      CAPTURE(text);
      CHECK(contains(text, "verdict"));
      CHECK(report.accepted(true) == (file.path().stem() == "well_formed"));
      if (report.refusal) CHECK(contains(text, "  to do       "));
      if (report.refusal) CHECK_FALSE(contains(text, "  to do       \n"));
    }
  }

  TEST_CASE("inspect: what is no plugin file is refused without waiting for it") {
    const TemporaryDirectory folder;
    folder.write("text.so", std::string(1000, 'x'));
    std::filesystem::create_symlink(BACKPLANE_HELLO_PLUGIN, folder / "link.so");
    REQUIRE(mkfifo((folder / "fifo.so").c_str(), 0600) == 0);
    CHECK(code(inspect(folder / "text.so")) == "not_elf");
    CHECK(code(inspect(folder / "link.so")) == "not_regular_file");
    CHECK(code(inspect(folder / "fifo.so")) == "not_regular_file");
    CHECK(code(inspect(folder.path())) == "not_regular_file");
    CHECK(code(inspect(folder / "missing.so")) == "plugin_not_found");
  }

  TEST_CASE("inspect: what only loading shows is shown, and harms nobody") {
    CHECK(code(inspect(BACKPLANE_TEST_PLUGINS "/undefined_symbol.so")) == "plugin_symbol");
    CHECK(code(inspect(BACKPLANE_TEST_PLUGINS "/bad_magic.so")) == "handshake_failed");
    // Nobody has that little time: the child is ended.
    const InspectReport late = inspect(BACKPLANE_HELLO_PLUGIN, std::chrono::milliseconds(0));
    CHECK(code(late) == "plugin_probe_failed");
    CHECK(contains(late.refusal->message(), "in time"));
  }
}

}  // namespace backplane::host
