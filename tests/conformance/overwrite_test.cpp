#include <algorithm>
#include <array>
#include <cstddef>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <random>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <unistd.h>
#include <utility>

#include <doctest/doctest.h>

#include "host/base/mutex.hpp"
#include "host/base/thread.hpp"
#include "host/plugin/file_descriptor.hpp"
#include "host/plugin/read_lease.hpp"
#include "host/plugin/sha256.hpp"
#include "tests/support/background_load.hpp"
#include "tests/support/built_plugin.hpp"
#include "tests/support/plugin_gate.hpp"
#include "tests/support/reload_contract.hpp"
#include "tests/support/sanitized.hpp"
#include "tests/support/spoiled_host.hpp"

// What `cp` does to a plugin file, which cuts it to nothing and writes it anew in its place, at
// every moment of a reload.
namespace backplane::host {
namespace {

constexpr int kReloads = kSanitized ? 30 : 200;
constexpr int kEnough = 50;

std::string bytes_of(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

std::string digest_of(const std::string& bytes) {
  Sha256 digest;
  digest.update(std::as_bytes(std::span(bytes)));
  return digest.finish();
}

// Versions 1 and 2, of the same size and with other bytes up to the end, so that each mixture of
// both has a digest of its own. (What is behind the end of an ELF file is nobody's.)
const std::array<std::string, 2>& versions() {
  static const auto both = [] {
    std::array<std::string, 2> made{bytes_of(built_plugin("version1")),
                                    bytes_of(built_plugin("version2"))};
    const std::size_t size = std::max(made[0].size(), made[1].size()) + (256 << 10U);
    made[0].resize(size, '1');
    made[1].resize(size, '2');
    return made;
  }();
  return both;
}

// Writes `bytes` over `file` in place, some at a time; `cut` as O_TRUNC, or 0.
void overwrite(const std::filesystem::path& file, std::string_view bytes, int cut = O_TRUNC) {
  constexpr std::size_t kBlock = 16 << 10U;
  const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | cut | O_CLOEXEC, 0600);
  while (!bytes.empty()) {
    const ssize_t count = ::write(fd, bytes.data(), std::min(kBlock, bytes.size()));
    if (count <= 0) break;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  ::close(fd);
}

// Puts something else in the place of `file`; whether that is a whole version, alone.
using Meddle = std::function<bool(const std::filesystem::path& file, std::mt19937& random)>;

// Both versions, halves of them and rubbish, as `cp` would.
bool copy_over(const std::filesystem::path& file, std::mt19937& random) {
  const auto& [one, two] = versions();
  const std::array<std::string, 6> contents{
      one, two, two.substr(0, two.size() / 2), one.substr(0, 100), std::string(one.size(), 'x'),
      {}};
  const std::size_t next = random() % contents.size();
  overwrite(file, contents.at(next));
  return next < 2;
}

// Both versions in turns, without cutting the file first, so that its size never tells.
bool write_into(const std::filesystem::path& file, std::mt19937& random) {
  overwrite(file, versions().at(random() % 2), 0);
  return true;
}

// Both versions, renamed into place, or nothing.
bool rename_over(const std::filesystem::path& file, std::mt19937& random) {
  const std::size_t next = random() % 3;
  std::error_code ignored;
  if (next == 2) {
    std::filesystem::remove(file, ignored);
    return false;
  }
  const std::filesystem::path incoming = file.string() + ".tmp";
  overwrite(incoming, versions().at(next));
  std::filesystem::rename(incoming, file, ignored);
  return true;
}

// Whoever meddles with a file without end, on a thread of its own. Half of the whole versions stay
// until two more reloads have ended, so that one of them has had it alone. Owned by the test case;
// thread-safe.
class Meddler {
 public:
  Meddler(std::filesystem::path file, Meddle meddle)
      : file_(std::move(file)), meddle_(std::move(meddle)) {
    auto thread = Thread::start("meddler", ThreadRole::kNone, [this] { run(); });
    REQUIRE(thread.ok());
    thread_ = std::move(thread).value();
  }
  ~Meddler() {
    {
      MutexLock lock(mutex_);
      stopping_ = true;
      changed_.notify_all();
    }
    thread_.join();
  }
  Meddler(const Meddler&) = delete;
  Meddler& operator=(const Meddler&) = delete;

  void note_reload() {
    MutexLock lock(mutex_);
    ++reloads_;
    changed_.notify_all();
  }

 private:
  void run() {
    std::mt19937 random(17);
    bool going_on = true;
    while (going_on) {
      const bool whole = meddle_(file_, random);
      going_on = wait_reloads(whole && random() % 2 == 0 ? 2 : 0);
    }
  }
  // Until so many more have ended; false when it is to end.
  bool wait_reloads(int count) {
    MutexLock lock(mutex_);
    const int until = reloads_ + count;
    while (reloads_ < until && !stopping_) changed_.wait(mutex_);
    return !stopping_;
  }

  const std::filesystem::path file_;
  const Meddle meddle_;
  Mutex mutex_;
  CondVar changed_;
  int reloads_ BP_GUARDED_BY(mutex_) = 0;
  bool stopping_ BP_GUARDED_BY(mutex_) = false;
  Thread thread_;  // last: it uses the others
};

// Whether a file there can be read without anybody writing to it. If not, a writer that is not let
// run for a while leaves a mixture that nobody can tell from a version.
bool has_leases(const std::filesystem::path& directory) {
  const std::filesystem::path file = directory / "lease";
  overwrite(file, "content");
  const FileDescriptor reading(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  return ReadLease(reading.get()).held();
}

// How often `count` reloads came to what, while somebody meddled with the file.
std::map<std::string, int> reload_meanwhile(const VersionHost& host, const Meddle& meddle,
                                            int count) {
  const ReloadContract contract(host);
  Meddler meddler(host.file(), meddle);
  const std::set<std::string> whole{digest_of(bytes_of(built_plugin("version1"))),
                                    digest_of(versions()[0]), digest_of(versions()[1])};
  const bool strict = has_leases(host.directory());
  std::map<std::string, int> outcomes;
  for (int i = 0; i < count; ++i) {
    const Answer answer = host.reload({}, "?wait_ms=60000");
    meddler.note_reload();
    contract.check(answer);
    const bool good = answer.status() == 200;
    ++outcomes[good ? answer.text_at("/state") : answer.refusal()];
    if (good && strict) CHECK(whole.count(answer.text_at("/sha256")) == 1);
  }
  return outcomes;
}

// That clients and reloads get nothing but whole versions, and refusals that are among `refusals`.
void check_whole(VersionHost& host, const Meddle& meddle, int count,
                 std::set<std::string> refusals) {
  BackgroundLoad load(host.data_port(), "/v");
  const auto outcomes = reload_meanwhile(host, meddle, count);
  CHECK(load.wait_answered(8));
  const auto answers = load.stop();
  CHECK(answers.count("v1") + answers.count("v2") == answers.size());
  // Of a few it may be that none has met a whole version.
  if (count >= kEnough) CHECK(outcomes.count("done") == 1);
  refusals.insert({"done", "unchanged", "409 source_busy", "409 source_changed"});
  for (const auto& outcome : outcomes) {
    CHECK_MESSAGE(refusals.count(outcome.first) == 1, outcome.first);
  }
  host.drop("version2");
  CHECK(host.reload().status() == 200);
  CHECK(host.get("/v").body() == "v2");
  CHECK(wait_generations(host, 1));
}

// Beside all the rest a probe may take long.
void probes(HostConfig& config) {
  config.probe_plugins = true;
  config.probe_timeout = std::chrono::minutes(1);
}

}  // namespace

TEST_SUITE("reload") {
  TEST_CASE("B17, 56: a file that is overwritten all the time is never loaded half") {
    VersionHost host;
    check_whole(host, copy_over, kReloads, {"422 bad_size", "422 not_elf", "422 truncated"});
  }

  TEST_CASE("B17, 56: a file that is overwritten all the time is never probed half") {
    VersionHost host(probes);
    check_whole(host, copy_over, kReloads / 2, {"422 bad_size", "422 not_elf", "422 truncated"});
  }

  TEST_CASE("B17, 56: a file whose bytes change while its size does not is never loaded mixed") {
    VersionHost host;
    check_whole(host, write_into, kReloads / 2, {});
  }

  TEST_CASE("56: of a file that is replaced or removed while it is read, one version is loaded") {
    VersionHost host;
    check_whole(host, rename_over, kReloads / 2, {"404 unknown_plugin"});
  }

  TEST_CASE("B17: what is overwritten while it is probed, loaded or built is loaded as it was") {
    HostFixture host({"ctorwait"}, probes);
    PluginGate gate(host.directory());
    const std::filesystem::path file = host.plugin_directory() / "ctorwait.so";
    const std::string good = bytes_of(file);
    // One for the probe, one for the replica.
    gate.open(2);
    host.create_backend("a", "ctorwait", "{}", gate.init_json());
    host.create_endpoint("a", "/a", R"({"a":1})");
    BackgroundLoad load(host.data_port(), "/a");
    for (const std::string_view stage : {"probing", "building"}) {
      CAPTURE(stage);
      overwrite(file, good);
      PendingAnswer reload =
          host.admin_async("POST", "/v1/plugins/ctorwait/reload", R"({"force":true})");
      REQUIRE(wait_for([&] { return latest_stage(host) == "probing"; }));
      if (stage == "building") {
        gate.open();
        REQUIRE(wait_for([&] { return latest_stage(host) == "building"; }));
      }
      for (const std::size_t size : {good.size(), std::size_t{0}, std::size_t{1000}}) {
        overwrite(file, std::string(size, 'x'));
        CHECK(load.wait_answered(4));
      }
      gate.open(2);
      CHECK(reload.get().text_at("/state") == "done");
      CHECK(host.get("/a").body() == "waited");
    }
    CHECK(kinds(load.stop()) == "waited");
  }
}

}  // namespace backplane::host
