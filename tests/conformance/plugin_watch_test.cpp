#include <cstdint>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <sys/select.h>
#include <system_error>
#include <vector>

#include <doctest/doctest.h>

#include "host/plugin/file_descriptor.hpp"
#include "tests/support/background_load.hpp"
#include "tests/support/watched_host.hpp"

namespace backplane::host {
namespace {

std::string bytes_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

bool has_thread(const std::string& name) {
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    std::string found;
    std::getline(std::ifstream(task.path() / "comm"), found);
    if (found == name) return true;
  }
  return false;
}

// Whether the kernel tells this process of files.
bool has_notices() {
  std::error_code gone;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    if (std::filesystem::read_symlink(entry.path(), gone) == "anon_inode:inotify") return true;
  }
  return false;
}

// What all requests of `load` were answered with must be versions of the plugin.
void check_served(BackgroundLoad& load) {
  REQUIRE(load.wait_answered(20));
  for (const auto& answered : load.stop()) {
    const std::string& body = answered.first;
    CHECK_MESSAGE(body.size() == 2, body);
    CHECK(body.front() == 'v');
  }
}

}  // namespace

TEST_SUITE("watch") {
  TEST_CASE("row 67: a file that is renamed into place is reloaded by itself, under load") {
    WatchedHost host;
    BackgroundLoad load(host.data_port(), "/v");
    REQUIRE(load.wait_answered(20));
    host.drop("version2");
    CHECK(host.wait_served("v2"));
    host.drop("version3");
    CHECK(host.wait_served("v3"));
    check_served(load);
    const Answer history = host.admin("GET", "/v1/history?limit=1");
    CHECK(history.text_at("/revisions/0/action") == "reload version");
    CHECK(history.text_at("/revisions/0/author") == "watcher");
    CHECK(wait_watched(host, "reloaded", 2));
    CHECK(host.reloads() == 2);
    CHECK(host.rollback().status() == 200);
    CHECK(host.get("/v").body() == "v2");
  }

  TEST_CASE("row 67: the same bytes again, and files that nobody uses, change nothing") {
    WatchedHost host;
    const std::string revision = host.admin("GET", "/v1/status").at("/revision");
    host.drop("version1");
    CHECK(wait_watched(host, "unchanged", 2));
    const int settled = watched(host, "settled");
    host.add_plugin("hello");
    CHECK(wait_watched(host, "settled", settled + 1));
    REQUIRE(wait_look(host));
    CHECK(host.reloads() == 0);
    CHECK(host.admin("GET", "/v1/status").at("/revision") == revision);
    CHECK(host.plugin().at("/generations/0/generation") == "1");
  }

  TEST_CASE("row 67: a file that is written in place counts when it is quiet, a bad one once") {
    WatchedHost host;
    BackgroundLoad load(host.data_port(), "/v");
    REQUIRE(load.wait_answered(20));
    const std::string whole = bytes_of(built_plugin("version2"));
    std::ofstream(host.file(), std::ios::binary | std::ios::trunc)
        << whole.substr(0, whole.size() / 2);
    // Whoever writes it has stopped in the middle.
    CHECK(wait_watched(host, "failed", 1));
    CHECK_FALSE(host.plugin().text_at("/last_error/code").empty());
    REQUIRE(wait_look(host));
    REQUIRE(wait_look(host));
    CHECK(watched(host, "failed") == 1);
    CHECK(host.get("/v").body() == "v1");
    std::ofstream(host.file(), std::ios::binary | std::ios::app) << whole.substr(whole.size() / 2);
    CHECK(host.wait_served("v2"));
    CHECK(wait_watched(host, "reloaded", 1));
    CHECK(host.plugin().at("/last_error").empty());
    check_served(load);
  }

  TEST_CASE("row 67: a file that somebody has open for writing waits until it is closed") {
    WatchedHost host;
    std::ofstream file(host.file(), std::ios::binary | std::ios::trunc);
    file << bytes_of(built_plugin("version2")) << std::flush;
    CHECK(wait_watched(host, "retried", 1));
    CHECK(host.get("/v").body() == "v1");
    file.close();
    CHECK(host.wait_served("v2"));
    CHECK(watched(host, "failed") == 0);
  }

  TEST_CASE("row 67: what editors and builds leave on the way is not looked at") {
    WatchedHost host;
    for (const char* const name : {".version.so.swp", "version.so~", "#version.so#", "4913",
                                   "version.so.tmp", "Version.so", ".version.so"}) {
      std::ofstream(host.plugin_directory() / name) << "half of something";
    }
    const int settled = watched(host, "settled");
    std::filesystem::copy_file(built_plugin("version2"), host.plugin_directory() / ".version.so.x");
    std::filesystem::rename(host.plugin_directory() / ".version.so.x", host.file());
    CHECK(host.wait_served("v2"));
    REQUIRE(wait_look(host));
    CHECK(watched(host, "settled") == settled + 2);
    CHECK(watched(host, "failed") == 0);
    CHECK(host.reloads() == 1);
  }

  TEST_CASE("row 67: of a storm of renames the last file counts, and few of the others") {
    WatchedHost host([](HostConfig& config) {
      config.watch_plugins = true;
      config.watch_settle = std::chrono::milliseconds(100);
    });
    BackgroundLoad load(host.data_port(), "/v");
    REQUIRE(load.wait_answered(20));
    const auto copy = [&host](int number) {
      return host.plugin_directory() / (".copy" + std::to_string(number));
    };
    for (int i = 0; i < 50; ++i) {
      const char* const name = i == 49 ? "version3" : i % 2 == 0 ? "version2" : "version1";
      std::filesystem::copy_file(built_plugin(name), copy(i));
    }
    for (int i = 0; i < 50; ++i) std::filesystem::rename(copy(i), host.file());
    CHECK(host.wait_served("v3"));
    check_served(load);
    CHECK(host.reloads() <= 10);
    REQUIRE(wait_look(host));
    CHECK(host.get("/v").body() == "v3");
  }

  TEST_CASE("row 67: a directory that is removed and made again is watched again") {
    WatchedHost host;
    for (const char* const next : {"version2", "version3"}) {
      const int lost = watched(host, "directory_lost");
      std::filesystem::remove_all(host.plugin_directory());
      CHECK(wait_watched(host, "directory_lost", lost + 1));
      CHECK(host.get("/v").body() != "");
      std::filesystem::create_directory(host.plugin_directory());
      host.drop(next);
      CHECK(host.wait_served(std::string("v") + next[7]));
    }
    // And so is one that takes its place between two looks.
    std::filesystem::create_directory(host.directory() / "other");
    std::filesystem::copy_file(built_plugin("version1"), host.directory() / "other" / "version.so");
    std::filesystem::rename(host.plugin_directory(), host.directory() / "former");
    std::filesystem::rename(host.directory() / "other", host.plugin_directory());
    CHECK(host.wait_served("v1"));
    host.drop("version2");
    CHECK(host.wait_served("v2"));
  }

  TEST_CASE("row 67, B25: a file that is removed is reported, and its backends go on") {
    WatchedHost host;
    std::filesystem::remove(host.file());
    CHECK(wait_watched(host, "removed", 1));
    CHECK(host.tally("/v", 32) == std::map<std::string, int>{{"v1", 32}});
    const Answer gone = host.plugin();
    CHECK(gone.status() == 200);
    CHECK(gone.at("/loadable") == "false");
    CHECK(gone.text_at("/error/code") == "plugin_not_found");
    CHECK(gone.text_at("/running_sha256").size() == 64);
    CHECK(gone.text_at("/generations/0/state") == "serving");
    CHECK(host.admin("GET", "/v1/plugins").at("/plugins/version/loadable") == "false");
    CHECK(host.admin("GET", "/readyz").status() == 200);
    host.drop("version2");
    CHECK(host.wait_served("v2"));
    CHECK(host.plugin().at("/loadable") == "true");
  }

  TEST_CASE("row 67: a file that is larger than memory is refused, and not read before") {
    WatchedHost host;
    std::ofstream(host.plugin_directory() / ".large") << "x";
    std::filesystem::resize_file(host.plugin_directory() / ".large", std::uintmax_t{1} << 38U);
    std::filesystem::rename(host.plugin_directory() / ".large", host.file());
    CHECK(wait_watched(host, "failed", 1));
    CHECK(host.plugin().text_at("/last_error/code") == "bad_size");
    CHECK(host.get("/v").body() == "v1");
    host.drop("version2");
    CHECK(host.wait_served("v2"));
  }

  TEST_CASE("row 67: a host that gets no notice of files finds them all the same") {
    // Poco has no use for descriptors of so high numbers.
    std::vector<FileDescriptor> many;
    many.reserve(FD_SETSIZE);
    for (int i = 0; i < FD_SETSIZE - 256; ++i) many.emplace_back(open("/dev/null", O_CLOEXEC));
    WatchedHost host;
    CHECK_FALSE(has_notices());
    host.drop("version2");
    CHECK(host.wait_served("v2"));
    std::filesystem::remove(host.file());
    CHECK(wait_watched(host, "removed", 1));
    many.clear();
    host.drop("version3");
    CHECK(host.wait_served("v3"));
    CHECK(wait_for(has_notices));
  }

  TEST_CASE("row 67: a host that is not told to watch does not") {
    {
      const WatchedHost host;
      CHECK(has_thread("bp-watch"));
    }
    VersionHost host;
    CHECK_FALSE(has_thread("bp-watch"));
    host.drop("version2");
    CHECK(host.admin("GET", "/metrics").body().find("plugin_watcher") == std::string::npos);
    CHECK(host.get("/v").body() == "v1");
    CHECK(host.reload().status() == 200);
  }
}

}  // namespace backplane::host
