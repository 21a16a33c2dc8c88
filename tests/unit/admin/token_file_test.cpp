#include "host/admin/token_file.hpp"

#include <filesystem>
#include <fstream>
#include <string>
#include <sys/stat.h>

#include <doctest/doctest.h>

#include "host/admin/token_digest.hpp"
#include "tests/support/temporary_directory.hpp"

namespace backplane::host {
namespace {

bool knows(const AdminToken& token, const std::string& text) {
  return token.sha256 == token_digest(token.salt, text);
}

TEST_SUITE("admin") {
  TEST_CASE("token file: the first start makes a file that only its owner may read") {
    const TemporaryDirectory directory;
    const std::filesystem::path file = directory.path() / "admin.token";
    const auto made = load_or_create_token(file);
    REQUIRE(made.ok());
    CHECK(made.value().label == "admin.token");
    CHECK(made.value().role == AdminRole::kDeploy);
    struct stat status {};
    REQUIRE(::stat(file.c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0600);
    std::string text;
    std::ifstream(file) >> text;
    CHECK(text.size() == 64);
    CHECK(knows(made.value(), text));

    const auto again = load_or_create_token(file);
    REQUIRE(again.ok());
    CHECK(knows(again.value(), text));
    // What is kept in memory differs from start to start; the token does not.
    CHECK(again.value().sha256 != made.value().sha256);
  }

  TEST_CASE("token file: two first starts make different tokens") {
    const TemporaryDirectory directory;
    const auto one = load_or_create_token(directory.path() / "one");
    const auto two = load_or_create_token(directory.path() / "two");
    REQUIRE(one.ok());
    REQUIRE(two.ok());
    std::string text;
    std::ifstream(directory.path() / "one") >> text;
    CHECK_FALSE(knows(two.value(), text));
  }

  TEST_CASE("token file: what a start left that was killed half-way is in nobody's way") {
    const TemporaryDirectory directory;
    std::ofstream(directory.path() / "admin.token.new") << "abc";
    const auto made = load_or_create_token(directory.path() / "admin.token");
    REQUIRE(made.ok());
    std::string text;
    std::ifstream(directory.path() / "admin.token") >> text;
    CHECK(knows(made.value(), text));
    CHECK_FALSE(std::filesystem::exists(directory.path() / "admin.token.new"));
  }

  TEST_CASE("token file: one that others may read, a short one and a link are refused") {
    const TemporaryDirectory directory;
    const std::filesystem::path open_file = directory.path() / "open";
    std::ofstream(open_file) << std::string(64, 'a') << "\n";
    REQUIRE(::chmod(open_file.c_str(), 0644) == 0);
    CHECK_FALSE(load_or_create_token(open_file).ok());

    const std::filesystem::path short_file = directory.path() / "short";
    std::ofstream(short_file) << "abc\n";
    REQUIRE(::chmod(short_file.c_str(), 0600) == 0);
    CHECK_FALSE(load_or_create_token(short_file).ok());

    std::filesystem::create_symlink(open_file, directory.path() / "link");
    CHECK_FALSE(load_or_create_token(directory.path() / "link").ok());
  }
}

}  // namespace
}  // namespace backplane::host
