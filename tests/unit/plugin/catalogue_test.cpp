#include "host/plugin/catalogue.hpp"

#include <filesystem>
#include <string>

#include <doctest/doctest.h>

#include "tests/unit/plugin/temporary_directory.hpp"

namespace backplane::host {
namespace {

std::string verdict(const CatalogueEntry& entry) {
  return entry.report.ok() ? "accepted" : std::string(entry.report.error().reason());
}

}  // namespace

TEST_SUITE("plugin") {
  TEST_CASE("Catalogue: good plugins are listed beside bad ones, each with its reason") {
    const TemporaryDirectory folder;
    folder.copy(BACKPLANE_HELLO_PLUGIN, "greeter.so");
    folder.write("text.so", std::string(1000, 'x'));
    folder.write("UPPER.so", "x");
    std::filesystem::create_directory(folder / "folder.so");
    REQUIRE(mkfifo((folder / "fifo.so").c_str(), 0600) == 0);
    Catalogue catalogue(PluginDirectory(folder.path()), PreflightPolicy());
    const auto scanned = catalogue.scan();
    REQUIRE(scanned.ok());
    const auto& entries = scanned.value();
    REQUIRE(entries.size() == 5);
    CHECK(verdict(entries[0]) == "bad_plugin_name");
    CHECK(verdict(entries[1]) == "not_regular_file");
    CHECK(verdict(entries[2]) == "not_regular_file");
    CHECK(entries[3].name == "greeter");
    CHECK(verdict(entries[3]) == "accepted");
    CHECK(entries[3].report.value().note.name == "hello");
    CHECK(entries[3].sha256.size() == 64);
    CHECK(verdict(entries[4]) == "not_elf");
  }

  TEST_CASE("Catalogue: a replaced file is read again") {
    const TemporaryDirectory folder;
    folder.copy(BACKPLANE_HELLO_PLUGIN, "a.so");
    Catalogue catalogue(PluginDirectory(folder.path()), PreflightPolicy());
    const auto first = catalogue.scan();
    REQUIRE(first.ok());
    const auto again = catalogue.scan();
    REQUIRE(again.ok());
    CHECK(again.value()[0].sha256 == first.value()[0].sha256);
    folder.write("b.tmp", std::string(1000, 'x'));
    std::filesystem::rename(folder / "b.tmp", folder / "a.so");
    const auto replaced = catalogue.scan();
    REQUIRE(replaced.ok());
    CHECK(verdict(replaced.value()[0]) == "not_elf");
  }

  TEST_CASE("Catalogue: a directory that is gone is an error, and one that is back is not") {
    const TemporaryDirectory folder;
    Catalogue catalogue(PluginDirectory(folder / "plugins"), PreflightPolicy());
    const auto scanned = catalogue.scan();
    REQUIRE_FALSE(scanned.ok());
    CHECK(scanned.error().code() == ErrorCode::kUnavailable);
    std::filesystem::create_directory(folder / "plugins");
    CHECK(catalogue.scan().ok());
  }
}

}  // namespace backplane::host
