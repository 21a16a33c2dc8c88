#include "host/plugin/artifact_directory.hpp"

#include <filesystem>
#include <fstream>
#include <string>
#include <sys/stat.h>

#include <doctest/doctest.h>

#include "tests/unit/plugin/temporary_directory.hpp"

namespace backplane::host {
namespace {

// A plugin directory with one file, and the two directories of a host.
struct Directories {
  Directories()
      : staging(StagingDirectory::create(folder / "staging")),
        artifacts(ArtifactDirectory::open(folder / "artifacts")) {
    REQUIRE(staging.ok());
    REQUIRE(artifacts.ok());
    std::filesystem::create_directory(folder / "plugins");
    drop(std::string(1000, 'a'));
  }

  void drop(const std::string& bytes) const {
    std::ofstream(folder / "plugins/p.so", std::ios::binary) << bytes;
    REQUIRE(chmod((folder / "plugins/p.so").c_str(), 0644) == 0);
  }
  StagedFile stage(std::uint64_t generation) const {
    auto staged = staging.value().stage(PluginDirectory(folder / "plugins"), "p.so", generation);
    REQUIRE_MESSAGE(staged.ok(), staged.error().message());
    return std::move(staged).value();
  }
  std::string reason_of(const std::string& sha256, std::uint64_t generation) const {
    const auto staged = artifacts.value().stage(staging.value(), "p", sha256, generation);
    return staged.ok() ? "" : std::string(staged.error().reason());
  }

  TemporaryDirectory folder;
  Result<StagingDirectory> staging;
  Result<ArtifactDirectory> artifacts;
};

}  // namespace

TEST_SUITE("plugin") {
  TEST_CASE("ArtifactDirectory: what is kept can be staged again, under another path and inode") {
    const Directories here;
    const StagedFile first = here.stage(1);
    REQUIRE(here.artifacts.value().keep(first).ok());
    REQUIRE(here.artifacts.value().keep(first).ok());  // again, and nothing happens
    here.drop("another");
    const auto again = here.artifacts.value().stage(here.staging.value(), "p", first.sha256(), 2);
    REQUIRE_MESSAGE(again.ok(), again.error().message());
    CHECK(again.value().sha256() == first.sha256());
    CHECK(again.value().path() != first.path());
    struct stat one {};
    struct stat other {};
    REQUIRE(fstat(first.fd(), &one) == 0);
    REQUIRE(fstat(again.value().fd(), &other) == 0);
    // The loader would take equal inodes for the same library.
    CHECK(one.st_ino != other.st_ino);
  }

  TEST_CASE("ArtifactDirectory: a signature is kept with its file") {
    const Directories here;
    std::ofstream(here.folder / "plugins/p.so.sig", std::ios::binary) << std::string(64, 's');
    REQUIRE(chmod((here.folder / "plugins/p.so.sig").c_str(), 0644) == 0);
    const StagedFile signed_file = here.stage(1);
    REQUIRE(signed_file.signature().ok());
    REQUIRE(here.artifacts.value().keep(signed_file).ok());
    std::filesystem::remove_all(here.folder / "plugins");
    const auto again =
        here.artifacts.value().stage(here.staging.value(), "p", signed_file.sha256(), 2);
    REQUIRE(again.ok());
    REQUIRE(again.value().signature().ok());
    CHECK(again.value().signature().value() == signed_file.signature().value());
  }

  TEST_CASE("ArtifactDirectory: what is missing or damaged is said to be, never taken") {
    const Directories here;
    const StagedFile staged = here.stage(1);
    CHECK(here.reason_of(staged.sha256(), 2) == "artifact_missing");
    REQUIRE(here.artifacts.value().keep(staged).ok());
    const std::string path = here.folder / "artifacts/" + staged.sha256() + ".so";
    REQUIRE(chmod(path.c_str(), 0600) == 0);
    std::fstream(path, std::ios::in | std::ios::out | std::ios::binary) << "b";
    CHECK(here.reason_of(staged.sha256(), 3) == "artifact_corrupt");
  }

  TEST_CASE("ArtifactDirectory: only what is wanted is retained") {
    const Directories here;
    const StagedFile first = here.stage(1);
    REQUIRE(here.artifacts.value().keep(first).ok());
    here.drop(std::string(1000, 'b'));
    const StagedFile second = here.stage(2);
    REQUIRE(here.artifacts.value().keep(second).ok());
    here.artifacts.value().retain({second.sha256()});
    CHECK(here.reason_of(first.sha256(), 3) == "artifact_missing");
    CHECK(here.reason_of(second.sha256(), 4).empty());
    // What is staged from is not what is kept.
    CHECK(std::filesystem::exists(first.path()));
  }
}

}  // namespace backplane::host
