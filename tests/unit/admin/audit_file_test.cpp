#include "host/admin/audit_file.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <sys/stat.h>
#include <vector>

#include <doctest/doctest.h>

#include "host/admin/audit_verifier.hpp"
#include "tests/support/temporary_directory.hpp"

namespace backplane::host {
namespace {

constexpr std::uint64_t kLarge = std::uint64_t{1} << 30U;
const WallTime now = WallTime{std::chrono::seconds{1'767'323'045}};

AuditRecord attempt(const std::string& object = "/v1/backends/a") {
  AuditRecord record;
  record.action = "PUT";
  record.object = object;
  return record;
}

std::string bytes_of(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

// A log of its own, and what stands in it.
struct Log {
  TemporaryDirectory directory;
  std::filesystem::path path = directory.path() / "audit.jsonl";

  AuditFile open(std::uint64_t max_bytes = kLarge) const {
    auto file = AuditFile::open(path, max_bytes);
    REQUIRE_MESSAGE(file.ok(), file.error().message());
    return std::move(file).value();
  }
  void append(AuditFile& file, int lines = 1) const {
    for (int i = 0; i < lines; ++i) REQUIRE(file.append(attempt(), now, true).ok());
  }
  void append_bytes(const std::string& bytes) const {
    std::ofstream(path, std::ios::binary | std::ios::app) << bytes;
  }
  // All files, the oldest first.
  std::vector<std::filesystem::path> files() const {
    auto found = former_audit_files(directory.path());
    found.push_back(path);
    return found;
  }
  // "1-3" for three lines of a whole chain, else what is wrong.
  std::string verified() const {
    const auto extent = verify_audit(files());
    if (!extent.ok()) return std::string(extent.error().message());
    return std::to_string(extent.value().first) + "-" + std::to_string(extent.value().last);
  }
};

std::string open_error(const Log& log) {
  const auto file = AuditFile::open(log.path, kLarge);
  REQUIRE_FALSE(file.ok());
  return std::string(file.error().reason());
}

TEST_SUITE("admin") {
  TEST_CASE("AuditFile: it is its owner's alone, and grows by whole lines") {
    const Log log;
    AuditFile file = log.open();
    log.append(file, 3);
    struct stat status {};
    REQUIRE(::stat(log.path.c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0600);
    CHECK(bytes_of(log.path).ends_with("}\n"));
    CHECK(log.verified() == "1-3");
  }

  TEST_CASE("AuditFile: the chain goes on behind a restart") {
    const Log log;
    for (int start = 0; start < 3; ++start) {
      AuditFile file = log.open();
      log.append(file, 2);
    }
    CHECK(log.verified() == "1-6");
  }

  TEST_CASE("AuditFile: a full file is put aside, and the chain goes on in the next one") {
    const Log log;
    {
      AuditFile file = log.open(1000);
      log.append(file, 20);
    }
    CHECK(log.files().size() > 3);
    for (const auto& file : log.files()) CHECK(std::filesystem::file_size(file) <= 1000);
    CHECK(log.verified() == "1-20");
    AuditFile file = log.open(1000);
    log.append(file, 10);
    CHECK(log.verified() == "1-30");
  }

  TEST_CASE("AuditFile: a kill between the two files of a rotation loses nothing") {
    const Log log;
    {
      AuditFile file = log.open(1000);
      log.append(file, 20);
    }
    std::filesystem::remove(log.path);
    const std::uint64_t last = verify_audit(former_audit_files(log.directory.path())).value().last;
    AuditFile file = log.open(1000);
    log.append(file);
    CHECK(log.verified() == "1-" + std::to_string(last + 1));
  }

  TEST_CASE("AuditFile: half a line that a crash left is dropped, and that is noted") {
    const Log log;
    {
      AuditFile file = log.open();
      log.append(file, 2);
    }
    log.append_bytes(R"({"sequence":3,"time")");
    {
      AuditFile file = log.open();
      log.append(file);
    }
    CHECK(log.verified() == "1-4");
    CHECK(bytes_of(log.path).find(R"("event":"recovered","bytes":20)") != std::string::npos);
  }

  TEST_CASE("83 AuditFile: lines that a loss of power left full of holes are dropped, and noted") {
    for (const std::size_t good : {std::size_t{0}, std::size_t{2}}) {
      CAPTURE(good);
      const Log log;
      {
        AuditFile file = log.open();
        log.append(file, 4);
      }
      std::string bytes = bytes_of(log.path);
      std::size_t torn = 0;
      for (std::size_t i = 0; i < good; ++i) torn = bytes.find('\n', torn) + 1;
      bytes.replace(torn, 50, 50, '\0');
      std::ofstream(log.path, std::ios::binary) << bytes;
      {
        AuditFile file = log.open();
        log.append(file);
      }
      CHECK(log.verified() == "1-" + std::to_string(good + 2));
      CHECK(bytes_of(log.path).find(R"("event":"recovered","bytes":)" +
                                    std::to_string(bytes.size() - torn)) != std::string::npos);
    }
  }

  TEST_CASE("AuditFile: half a first line is dropped as well") {
    const Log log;
    log.append_bytes("{");
    AuditFile file = log.open();
    log.append(file);
    CHECK(log.verified() == "1-2");
  }

  TEST_CASE("AuditFile: an end that is no chain is left as it is and not gone on with") {
    const Log log;
    {
      AuditFile file = log.open();
      log.append(file, 2);
    }
    const std::string whole = bytes_of(log.path);
    std::string changed = whole;
    changed.replace(changed.find("backends"), 8, "plugins!");
    std::ofstream(log.path, std::ios::binary) << changed;
    CHECK(open_error(log) == "audit_broken");
    CHECK(bytes_of(log.path) == changed);

    std::ofstream(log.path, std::ios::binary) << whole << "{}\n";
    CHECK(open_error(log) == "audit_broken");
    std::ofstream(log.path, std::ios::binary) << std::string(std::size_t{3} << 20U, 'x');
    CHECK(open_error(log) == "audit_failed");
  }

  TEST_CASE("AuditFile: a link, a directory and a directory that is not there are refused") {
    const Log log;
    std::filesystem::create_symlink(log.directory.path() / "elsewhere", log.path);
    CHECK(open_error(log) == "audit_failed");
    std::filesystem::remove(log.path);
    std::filesystem::create_directory(log.path);
    CHECK(open_error(log) == "audit_failed");
    CHECK_FALSE(AuditFile::open(log.directory.path() / "none" / "audit.jsonl", kLarge).ok());
  }

  TEST_CASE("AuditFile: a line that cannot be written is an error, and the next one may be good") {
    const Log log;
    AuditFile file = log.open(1000);
    log.append(file, 1);
    // Where the full file would go, somebody has put another.
    std::vector<std::filesystem::path> in_the_way;
    for (int i = 1; i < 20; ++i) {
      std::string number = std::to_string(i);
      number.insert(0, 20 - number.size(), '0');
      in_the_way.push_back(log.directory.path() / ("audit-" + number + ".jsonl"));
      std::filesystem::create_directory(in_the_way.back());
    }
    Status status;
    int lines = 1;
    while ((status = file.append(attempt(), now, true)).ok()) ++lines;
    CHECK(status.error().reason() == "audit_failed");
    CHECK_FALSE(file.append(attempt(), now, true).ok());
    for (const auto& directory : in_the_way) std::filesystem::remove(directory);
    log.append(file);
    CHECK(log.verified() == "1-" + std::to_string(lines + 1));
  }
}

}  // namespace
}  // namespace backplane::host
