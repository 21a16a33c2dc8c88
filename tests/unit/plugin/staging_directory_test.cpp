#include "host/plugin/staging_directory.hpp"

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <utility>

#include <doctest/doctest.h>

#include "host/plugin/preflight.hpp"
#include "tests/unit/plugin/temporary_directory.hpp"

namespace backplane::host {
namespace {

mode_t mode_of(const std::string& path) {
  struct stat status {};
  REQUIRE(stat(path.c_str(), &status) == 0);
  return status.st_mode & 07777U;
}

// A plugin directory, and beside it one to stage its files in.
struct Directories {
  Directories() {
    std::filesystem::create_directory(folder / "plugins");
    auto made = StagingDirectory::create(folder / "staging");
    REQUIRE(made.ok());
    staging.emplace(std::move(made).value());
  }

  // Each time as another generation.
  Result<StagedFile> stage(const std::string& file) {
    return staging->stage(plugins, file, ++generation);
  }

  const TemporaryDirectory folder;
  const PluginDirectory plugins{folder / "plugins"};
  std::optional<StagingDirectory> staging;
  std::uint64_t generation = 0;
};

}  // namespace

TEST_SUITE("plugin") {
  TEST_CASE("StagingDirectory: it is private and empty at the start") {
    const TemporaryDirectory folder;
    std::filesystem::create_directories(folder / "staging/old");
    std::ofstream(folder / "staging/old/left.so") << "x";
    REQUIRE(chmod((folder / "staging").c_str(), 0755) == 0);
    const auto staging = StagingDirectory::create(folder / "staging");
    REQUIRE(staging.ok());
    CHECK(mode_of(folder / "staging") == 0700);
    CHECK(std::filesystem::is_empty(folder / "staging"));
  }

  TEST_CASE("StagingDirectory: two hosts cannot share one") {
    const TemporaryDirectory folder;
    const auto first = StagingDirectory::create(folder / "staging");
    REQUIRE(first.ok());
    const auto second = StagingDirectory::create(folder / "staging");
    REQUIRE_FALSE(second.ok());
    CHECK(second.error().reason() == "staging_in_use");
  }

  TEST_CASE("StagingDirectory: a copy has its own name, mode and digest, and goes with its owner") {
    Directories directories;
    directories.folder.write("plugins/abc.so", "abc" + std::string(125, '\0'));
    std::string path;
    {
      const auto staged = directories.stage("abc.so");
      REQUIRE(staged.ok());
      path = staged.value().path();
      CHECK(staged.value().size() == 128);
      CHECK(staged.value().sha256() ==
            "a52e7ee5653204b4af5180e39eb2dc53b34d3c1e3be3b1ffda4c61819e45d523");
      CHECK(path == directories.folder /
                        ("staging/abc.1." + staged.value().sha256().substr(0, 12) + ".so"));
      CHECK(mode_of(path) == 0500);
      CHECK(staged.value().source() == directories.plugins.open("abc.so").value().identity);
      // The same file once more is another file.
      const auto again = directories.stage("abc.so");
      REQUIRE(again.ok());
      CHECK(again.value().path() != path);
    }
    CHECK_FALSE(std::filesystem::exists(path));
    CHECK(std::filesystem::is_empty(directories.folder / "staging"));
  }

  TEST_CASE("StagingDirectory: a staged copy is not touched when the dropped file is overwritten") {
    Directories directories;
    directories.folder.copy(BACKPLANE_HELLO_PLUGIN, "plugins/a.so");
    const auto staged = directories.stage("a.so");
    REQUIRE(staged.ok());
    directories.folder.write("plugins/a.so", "overwritten");
    CHECK(preflight(staged.value().fd(), PreflightPolicy()).ok());
  }

  TEST_CASE("StagingDirectory: a file that is being written is not taken, however long it rests") {
    Directories directories;
    directories.folder.copy(BACKPLANE_HELLO_PLUGIN, "plugins/a.so");
    std::ofstream writing(directories.folder / "plugins/a.so", std::ios::binary | std::ios::in);
    writing << "half" << std::flush;
    const auto refused = directories.stage("a.so");
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().reason() == "source_busy");
    CHECK(refused.error().message() == "'a.so' is open for writing");
    writing.close();
    CHECK(directories.stage("a.so").ok());
  }

  TEST_CASE("StagingDirectory: nothing stays of a file that is refused") {
    Directories directories;
    directories.folder.write("plugins/small.so", "x");
    directories.folder.write("plugins/sparse.so", "x");
    REQUIRE(truncate((directories.folder / "plugins/sparse.so").c_str(), off_t{2} << 30U) == 0);
    for (const char* file : {"small.so", "sparse.so"}) {
      CAPTURE(file);
      const auto staged = directories.stage(file);
      REQUIRE_FALSE(staged.ok());
      CHECK(staged.error().reason() == "bad_size");
    }
    CHECK(directories.stage("missing.so").error().reason() == "plugin_not_found");
    CHECK(std::filesystem::is_empty(directories.folder / "staging"));
  }
}

}  // namespace backplane::host
