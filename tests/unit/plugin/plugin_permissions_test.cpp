#include "host/plugin/plugin_permissions.hpp"

#include <fcntl.h>
#include <filesystem>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

#include <doctest/doctest.h>

#include "host/plugin/file_descriptor.hpp"
#include "tests/unit/plugin/temporary_directory.hpp"

namespace backplane::host {
namespace {

constexpr uid_t kUser = 1000;
constexpr uid_t kStranger = 1001;

// "good", or the words of the refusal, for a process of kUser.
std::string verdict(PluginPlace place, uid_t owner, mode_t mode) {
  const Status status = check_permissions("it", place, {.owner = owner, .mode = mode}, kUser);
  if (status.ok()) return "good";
  CHECK(status.error().code() == ErrorCode::kForbidden);
  CHECK(status.error().reason() == "plugin_permissions");
  return status.error().message();
}

// The same of what is above the directory at `path`, for a process of ours.
std::string verdict_above(const std::string& path) {
  const FileDescriptor directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  REQUIRE(directory.valid());
  const Status status = check_parents(directory.get(), ::geteuid());
  return status.ok() ? "good" : status.error().message();
}

}  // namespace

TEST_SUITE("plugin") {
  TEST_CASE("check_permissions: file and directory belong to root or to the host's user") {
    for (const PluginPlace place : {PluginPlace::kFile, PluginPlace::kDirectory}) {
      CHECK(verdict(place, 0, 0755) == "good");
      CHECK(verdict(place, kUser, 0700) == "good");
      CHECK(verdict(place, kStranger, 0700) ==
            "it belongs to user 1001, neither root nor this process's");
    }
    for (const uid_t owner : {uid_t{0}, kUser, kStranger}) {
      CHECK(verdict(PluginPlace::kParent, owner, 0755) == "good");
    }
  }

  TEST_CASE("check_permissions: nobody else may write a file, or add one beside it") {
    for (const PluginPlace place : {PluginPlace::kFile, PluginPlace::kDirectory}) {
      for (const mode_t mode : {0020U, 0002U, 0775U, 0777U, 01777U, 02775U}) {
        CAPTURE(mode);
        CHECK(verdict(place, 0, mode) == "it is writable by its group or by everyone");
        CHECK(verdict(place, kUser, mode) == "it is writable by its group or by everyone");
      }
    }
  }

  TEST_CASE("check_permissions: others may write above it where the sticky bit binds them") {
    for (const uid_t owner : {uid_t{0}, kUser}) {
      for (const mode_t mode : {01777U, 01770U, 01775U, 03775U}) {
        CAPTURE(mode);
        CHECK(verdict(PluginPlace::kParent, owner, mode) == "good");
      }
      for (const mode_t mode : {0777U, 0770U, 0707U, 0775U, 02775U}) {
        CAPTURE(mode);
        CHECK(verdict(PluginPlace::kParent, owner, mode) ==
              "it is writable by its group or by everyone, and has no sticky bit");
      }
    }
  }

  TEST_CASE("check_parents: every directory up to the root is asked, and named by its distance") {
    const TemporaryDirectory folder;
    std::filesystem::create_directories(folder / "a/b/plugins");
    const std::string plugins = folder / "a/b/plugins";
    const std::string complaint = " is writable by its group or by everyone, and has no sticky bit";
    CHECK(verdict_above(plugins) == "good");
    CHECK(verdict_above("/") == "good");
    REQUIRE(::chmod((folder / "a/b").c_str(), 0777) == 0);
    CHECK(verdict_above(plugins) == "the parent of the plugin directory" + complaint);
    REQUIRE(::chmod((folder / "a/b").c_str(), 0755) == 0);
    REQUIRE(::chmod((folder / "a").c_str(), 0777) == 0);
    CHECK(verdict_above(plugins) ==
          "the directory 2 levels above the plugin directory" + complaint);
    // Its own bits are no business of what is above it.
    CHECK(verdict_above(folder / "a") == "good");
  }

  TEST_CASE("check_parents: a link leads to the parents of what it names") {
    const TemporaryDirectory folder;
    std::filesystem::create_directories(folder / "open/plugins");
    std::filesystem::create_directory_symlink(folder / "open/plugins", folder / "link");
    CHECK(verdict_above(folder / "link") == "good");
    REQUIRE(::chmod((folder / "open").c_str(), 0777) == 0);
    CHECK(verdict_above(folder / "link").starts_with("the parent of the plugin directory is writ"));
  }
}

}  // namespace backplane::host
