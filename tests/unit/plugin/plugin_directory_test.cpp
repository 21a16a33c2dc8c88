#include "host/plugin/plugin_directory.hpp"

#include <filesystem>
#include <string>

#include <doctest/doctest.h>

#include "tests/unit/plugin/temporary_directory.hpp"

namespace backplane::host {
namespace {

std::string reason(const TemporaryDirectory& folder, const std::string& file) {
  const auto opened = PluginDirectory(folder.path()).open(file);
  return opened.ok() ? "opened" : std::string(opened.error().reason());
}

}  // namespace

TEST_SUITE("plugin") {
  TEST_CASE("PluginDirectory: only plain lower-case names of .so files are names of plugins") {
    for (const char* good : {"a.so", "hello.so", "hello-2.1_x.so", "0.so"}) {
      CAPTURE(good);
      CHECK(is_plugin_file_name(good));
    }
    for (const char* bad : {"", ".so", "hello", "Hello.so", "-a.so", "a b.so", "../a.so", "/a.so",
                            "a/b.so", "a.so.tmp", ".a.so", "\xc3\xa4.so", "a.so\n"}) {
      CAPTURE(bad);
      CHECK_FALSE(is_plugin_file_name(bad));
    }
    CHECK(is_plugin_file_name(std::string(64, 'a') + ".so"));
    CHECK_FALSE(is_plugin_file_name(std::string(65, 'a') + ".so"));
    CHECK_FALSE(is_plugin_file_name(std::string(5000, 'a') + ".so"));
    CHECK_FALSE(is_plugin_file_name(std::string_view("a\0b.so", 6)));
  }

  TEST_CASE("PluginDirectory: names that leave the directory are malformed") {
    const TemporaryDirectory folder;
    const auto opened = PluginDirectory(folder.path()).open("../x.so");
    REQUIRE_FALSE(opened.ok());
    CHECK(opened.error().code() == ErrorCode::kMalformed);
    CHECK(opened.error().reason() == "bad_plugin_name");
    CHECK(reason(folder, "/lib/x.so") == "bad_plugin_name");
  }

  TEST_CASE("PluginDirectory: what is no regular file is refused at once") {
    const TemporaryDirectory folder;
    folder.write("good.so", "content");
    std::filesystem::create_directory(folder / "folder.so");
    std::filesystem::create_symlink(folder / "good.so", folder / "link.so");
    REQUIRE(mkfifo((folder / "fifo.so").c_str(), 0600) == 0);
    CHECK(reason(folder, "good.so") == "opened");
    CHECK(reason(folder, "folder.so") == "not_regular_file");
    CHECK(reason(folder, "link.so") == "not_regular_file");
    CHECK(reason(folder, "fifo.so") == "not_regular_file");
    CHECK(reason(folder, "missing.so") == "plugin_not_found");
    const auto opened = PluginDirectory(folder.path()).open("link.so");
    CHECK(opened.error().message().find("symbolic link") != std::string::npos);
  }

  TEST_CASE("PluginDirectory: a file that others may write is refused") {
    const TemporaryDirectory folder;
    folder.write("a.so", "content");
    REQUIRE(chmod((folder / "a.so").c_str(), 0620) == 0);
    CHECK(reason(folder, "a.so") == "plugin_permissions");
    REQUIRE(chmod((folder / "a.so").c_str(), 0602) == 0);
    CHECK(reason(folder, "a.so") == "plugin_permissions");
    REQUIRE(chmod((folder / "a.so").c_str(), 0644) == 0);
    CHECK(reason(folder, "a.so") == "opened");
    std::filesystem::create_hard_link(folder / "a.so", folder / "b.so");
    CHECK(reason(folder, "a.so") == "plugin_permissions");
  }

  TEST_CASE("PluginDirectory: a file in a directory that others may write is refused") {
    const TemporaryDirectory folder;
    folder.write("a.so", "content");
    REQUIRE(chmod(folder.path().c_str(), 0777) == 0);
    CHECK(reason(folder, "a.so") == "plugin_permissions");
  }

  TEST_CASE("PluginDirectory: hidden and unfinished files are no candidates") {
    const TemporaryDirectory folder;
    for (const char* name : {"b.so", "a.so", ".c.so", "d.so.tmp", "readme", "Bad Name.so"}) {
      folder.write(name, "x");
    }
    const auto files = PluginDirectory(folder.path()).candidates();
    REQUIRE(files.ok());
    CHECK(files.value() == std::vector<std::string>{"Bad Name.so", "a.so", "b.so"});
    CHECK(PluginDirectory(folder / "missing").candidates().error().reason() == "plugin_directory");
  }
}

}  // namespace backplane::host
