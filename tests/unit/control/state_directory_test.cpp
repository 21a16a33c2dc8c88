#include "host/control/state_directory.hpp"

#include <fstream>
#include <sys/stat.h>
#include <unistd.h>

#include <doctest/doctest.h>

#include "tests/support/temporary_directory.hpp"

namespace backplane::host {

TEST_SUITE("control") {
  TEST_CASE("StateDirectory: it is made, for its owner only") {
    const TemporaryDirectory folder;
    const auto directory = StateDirectory::open(folder.path() / "a/state/");
    REQUIRE(directory.ok());
    struct stat status {};
    REQUIRE(stat((folder.path() / "a/state").c_str(), &status) == 0);
    CHECK((status.st_mode & 07777U) == 0700U);
  }

  TEST_CASE("93 StateDirectory: the second host is refused and told the first one's process id") {
    const TemporaryDirectory folder;
    const auto first = StateDirectory::open(folder.path());
    REQUIRE(first.ok());
    const auto second = StateDirectory::open(folder.path());
    REQUIRE_FALSE(second.ok());
    CHECK(second.error().reason() == "lock_held");
    CHECK(second.error().message() == "state directory '" + folder.path().string() +
                                          "' is in use by the host with process id " +
                                          std::to_string(getpid()));
  }

  TEST_CASE("StateDirectory: it is free again once its holder is gone") {
    const TemporaryDirectory folder;
    REQUIRE(StateDirectory::open(folder.path()).ok());
    CHECK(StateDirectory::open(folder.path()).ok());
  }

  TEST_CASE("StateDirectory: a file of that name, or a lock that leads elsewhere, is refused") {
    const TemporaryDirectory folder;
    std::ofstream(folder.path() / "file") << "x";
    CHECK(StateDirectory::open(folder.path() / "file").error().reason() == "state_directory");
    std::filesystem::create_symlink(folder.path() / "file", folder.path() / "lock");
    CHECK(StateDirectory::open(folder.path()).error().reason() == "state_directory");
  }
}

}  // namespace backplane::host
