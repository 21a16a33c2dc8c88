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

// The signature of a.so, or why there is none.
std::string signature_of(const TemporaryDirectory& folder) {
  const auto read = PluginDirectory(folder.path()).read_signature("a.so");
  if (read.ok()) return {read.value().begin(), read.value().end()};
  CHECK(read.error().code() == ErrorCode::kForbidden);
  return std::string(read.error().reason()) + ": " + read.error().message();
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

  TEST_CASE("PluginDirectory: a signature is the 64 bytes of a file beside the plugin") {
    const TemporaryDirectory folder;
    CHECK(signature_of(folder) ==
          "bad_signature: there is no file 'a.so.sig' in the plugin directory");
    folder.write("a.so.sig", std::string(63, 'x') + "y");
    CHECK(signature_of(folder) == std::string(63, 'x') + "y");
    folder.write("a.so.sig", std::string(63, 'x'));
    CHECK(signature_of(folder) == "bad_signature: 'a.so.sig' has 63 bytes; a signature has 64");
    folder.write("a.so.sig", std::string(65, 'x'));
    CHECK(signature_of(folder) == "bad_signature: 'a.so.sig' has 65 bytes; a signature has 64");
  }

  TEST_CASE("PluginDirectory: a signature is opened with the care that a plugin is") {
    const TemporaryDirectory folder;
    folder.write("good", std::string(64, 'x'));
    std::filesystem::create_symlink("good", folder / "a.so.sig");
    CHECK(signature_of(folder).find("is a symbolic link") != std::string::npos);
    std::filesystem::remove(folder / "a.so.sig");
    REQUIRE(mkfifo((folder / "a.so.sig").c_str(), 0600) == 0);
    CHECK(signature_of(folder).find("is a FIFO") != std::string::npos);
    std::filesystem::remove(folder / "a.so.sig");
    std::filesystem::create_hard_link(folder / "good", folder / "a.so.sig");
    CHECK(signature_of(folder).find("2 hard links") != std::string::npos);
    std::filesystem::remove(folder / "good");
    REQUIRE(chmod((folder / "a.so.sig").c_str(), 0620) == 0);
    CHECK(signature_of(folder).find("writable by its group") != std::string::npos);
    CHECK_FALSE(PluginDirectory(folder.path()).read_signature("../a.so").ok());
  }

  TEST_CASE("PluginDirectory: hidden and unfinished files are no candidates") {
    const TemporaryDirectory folder;
    for (const char* name : {"b.so", "a.so", ".c.so", "d.so.tmp", "readme", "Bad Name.so"}) {
      folder.write(name, "x");
    }
    const auto files = PluginDirectory(folder.path()).candidates();
    REQUIRE(files.ok());
    CHECK(files.value() == std::vector<std::string>{"Bad Name.so", "a.so", "b.so"});
    const auto scan = PluginDirectory(folder.path()).scan();
    REQUIRE(scan.ok());
    CHECK(scan.value().size() == 2);
    CHECK(scan.value().at("b.so") == PluginDirectory(folder.path()).open("b.so").value().identity);
    CHECK(PluginDirectory(folder / "missing").scan().error().reason() == "plugin_directory");
    CHECK(PluginDirectory(folder / "missing").candidates().error().reason() == "plugin_directory");
  }
}

}  // namespace backplane::host
