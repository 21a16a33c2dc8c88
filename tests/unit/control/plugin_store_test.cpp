#include "host/control/plugin_store.hpp"

#include <filesystem>
#include <fstream>
#include <string>

#include <doctest/doctest.h>

#include "tests/support/temporary_directory.hpp"

namespace backplane::host {
namespace {

class NoReaper final : public LibraryReaper {
 public:
  void reap(std::unique_ptr<LoadedLibrary> /*library*/) override {}
};

}  // namespace

TEST_SUITE("control") {
  TEST_CASE("PluginStore: a file that has changed since it was chosen is not judged") {
    const TemporaryDirectory folder;
    const PluginDirectory directory(folder.path().string());
    const std::filesystem::path file = folder.path() / "a.so";
    std::ofstream(file) << std::string(100, 'x');
    std::filesystem::permissions(file, std::filesystem::perms::owner_all);
    auto staging = StagingDirectory::create((folder.path() / "staging").string());
    auto artifacts = ArtifactDirectory::open((folder.path() / "artifacts").string());
    REQUIRE(staging.ok());
    REQUIRE(artifacts.ok());
    NoReaper reaper;
    PluginStore store(PluginStoreSetup{.directory = directory,
                                       .staging = std::move(staging).value(),
                                       .artifacts = std::move(artifacts).value(),
                                       .reaper = reaper,
                                       .options = {}});
    PluginChoice choice{.plugin = "a",
                        .from = PluginChoice::From::kDirectory,
                        .source = directory.open("a.so").value().identity};
    CHECK(store.find(choice).error().reason() == "not_elf");
    std::ofstream(file, std::ios::app) << "y";
    CHECK(store.find(choice).error().reason() == "source_changed");
    choice.source = {};
    CHECK(store.find(choice).error().reason() == "not_elf");
  }
}

}  // namespace backplane::host
