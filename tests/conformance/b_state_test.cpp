#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <doctest/doctest.h>

#include "tests/support/host_directory.hpp"
#include "tests/support/host_process.hpp"
#include "tests/support/raw_client.hpp"

namespace backplane::host {
namespace {

constexpr std::size_t kPage = 4096;
// Where SQLite keeps `user_version`, four bytes, the last the least.
constexpr std::size_t kVersionEnd = 63;

std::string bytes_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void write(const std::filesystem::path& file, const std::string& bytes) {
  std::ofstream(file, std::ios::binary) << bytes;
}

// A directory whose host has served hello, and ended.
struct LeftState {
  HostDirectory directory{{"hello"}};
  std::filesystem::path database = directory.path() / "state" / "state.db";
  std::string good;

  LeftState() {
    directory.write_app(R"({"backends":{"a":{"plugin":"hello","handler":"hello"}},)"
                        R"("endpoints":{"e":{"route":"/e","traffic":{"a":1}}}})");
    HostProcess host(directory.serve_arguments());
    REQUIRE(host.wait_ready());
    host.signal(SIGTERM);
    REQUIRE(host.wait_end()->code == 0);
    good = bytes_of(database);
    REQUIRE(good.size() > 2 * kPage);
  }

  // Starts a host over `bytes`, which must not start: it says why in one line, on the way out with
  // `code`, and leaves every byte as it is.
  std::string refused(const std::string& bytes, int code) const {
    write(database, bytes);
    const ProcessEnd end = HostProcess::run(directory.serve_arguments());
    CHECK(end.code == code);
    CHECK(end.output == "");
    CHECK(std::count(end.errors.begin(), end.errors.end(), '\n') == 1);
    CHECK(bytes_of(database) == bytes);
    return end.errors;
  }
};

void check_hint(const std::string& errors) {
  CHECK_MESSAGE(
      errors.find("put a backup in its place, or move every 'state.db*' away") != std::string::npos,
      errors);
}

}  // namespace

SCENARIO("faults 83: a state that is damaged ends the start, with what to do about it") {
  GIVEN("a state directory that a host has left") {
    const LeftState state;
    WHEN("one bit of what was stored is another") {
      std::string bad = state.good;
      bad[bad.find(R"("handler":"hello")") + 12] ^= 0x01;
      THEN("it is refused") {
        check_hint(state.refused(bad, 78));
      }
    }
    WHEN("its end is zeros") {
      const std::string bad =
          state.good.substr(0, state.good.size() - kPage) + std::string(kPage, '\0');
      THEN("it is refused") {
        check_hint(state.refused(bad, 78));
      }
    }
    WHEN("its end is missing, or all of it") {
      THEN("it is refused") {
        check_hint(state.refused(state.good.substr(0, state.good.size() - kPage), 78));
        check_hint(state.refused("", 78));
      }
    }
    WHEN("the database is gone and its log is not") {
      std::filesystem::remove(state.database);
      write(state.database.string() + "-wal", "x");
      const ProcessEnd end = HostProcess::run(state.directory.serve_arguments());
      THEN("none is made in its place") {
        CHECK(end.code == 78);
        check_hint(end.errors);
        CHECK_FALSE(std::filesystem::exists(state.database));
      }
    }
    WHEN("its owner does as told, and moves it away") {
      std::filesystem::remove(state.database);
      std::filesystem::remove(state.database.string() + "-wal");
      HostProcess host(state.directory.serve_arguments());
      THEN("the host begins with its app document") {
        REQUIRE(host.wait_ready());
        RawClient client(host.data_port());
        const auto answer = client.ask("GET /e HTTP/1.1\r\nHost: localhost\r\n\r\n");
        REQUIRE(answer.has_value());
        CHECK(answer->body == "hello serve!");
      }
    }
  }
}

SCENARIO("faults 93: of two hosts on one state directory the second ends with 75") {
  GIVEN("a host that serves") {
    HostDirectory directory;
    HostProcess host(directory.serve_arguments());
    REQUIRE(host.wait_ready());
    WHEN("another one is started over its state") {
      const ProcessEnd end = HostProcess::run(directory.serve_arguments());
      THEN("it names the first, which serves on") {
        CHECK(end.code == 75);
        CHECK(end.output == "");
        std::ifstream lock(directory.path() / "state" / "lock");
        std::string pid;
        lock >> pid;
        CHECK_MESSAGE(end.errors.find("process id " + pid) != std::string::npos, end.errors);
        RawClient client(host.admin_port());
        const auto answer = client.ask("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
        REQUIRE(answer.has_value());
        CHECK(answer->status == 200);
      }
    }
    WHEN("the first is killed") {
      host.signal(SIGKILL);
      REQUIRE(host.wait_end().has_value());
      HostProcess next(directory.serve_arguments());
      THEN("nothing stands in the way of the next") {
        CHECK(next.wait_ready());
      }
    }
  }
}

SCENARIO("faults 94: a state of a later version is refused, and not touched") {
  GIVEN("a state directory that a later version of the program has left") {
    const LeftState state;
    std::string later = state.good;
    later[kVersionEnd] = 99;
    WHEN("this version is started over it") {
      const std::string errors = state.refused(later, 78);
      THEN("it says which program to start, and to throw nothing away") {
        CHECK_MESSAGE(errors.find("it has version 99") != std::string::npos, errors);
        CHECK(errors.find("start the program that made it") != std::string::npos);
        CHECK(errors.find("move every") == std::string::npos);
      }
    }
  }
}

}  // namespace backplane::host
