#include "host/admin/admin_token.hpp"

#include <filesystem>
#include <fstream>
#include <string>
#include <sys/stat.h>

#include <doctest/doctest.h>

#include "tests/support/temporary_directory.hpp"

namespace backplane::host {
namespace {

TEST_SUITE("admin") {
  TEST_CASE("AdminToken: the first start makes a file that only its owner may read") {
    const TemporaryDirectory directory;
    const std::filesystem::path file = directory.path() / "admin.token";
    const auto made = AdminToken::load_or_create(file);
    REQUIRE(made.ok());
    struct stat status {};
    REQUIRE(::stat(file.c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0600);
    std::string text;
    std::ifstream(file) >> text;
    CHECK(text.size() == 64);
    CHECK(made.value().matches(text));

    const auto again = AdminToken::load_or_create(file);
    REQUIRE(again.ok());
    CHECK(again.value().matches(text));
  }

  TEST_CASE("AdminToken: two first starts make different tokens") {
    const TemporaryDirectory directory;
    const auto one = AdminToken::load_or_create(directory.path() / "one");
    const auto two = AdminToken::load_or_create(directory.path() / "two");
    REQUIRE(one.ok());
    REQUIRE(two.ok());
    std::string text;
    std::ifstream(directory.path() / "one") >> text;
    CHECK_FALSE(two.value().matches(text));
  }

  TEST_CASE("AdminToken: a file that others may read, a short one and a link are refused") {
    const TemporaryDirectory directory;
    const std::filesystem::path open_file = directory.path() / "open";
    std::ofstream(open_file) << std::string(64, 'a') << "\n";
    REQUIRE(::chmod(open_file.c_str(), 0644) == 0);
    CHECK_FALSE(AdminToken::load_or_create(open_file).ok());

    const std::filesystem::path short_file = directory.path() / "short";
    std::ofstream(short_file) << "abc\n";
    REQUIRE(::chmod(short_file.c_str(), 0600) == 0);
    CHECK_FALSE(AdminToken::load_or_create(short_file).ok());

    std::filesystem::create_symlink(open_file, directory.path() / "link");
    CHECK_FALSE(AdminToken::load_or_create(directory.path() / "link").ok());
  }
}

}  // namespace
}  // namespace backplane::host
