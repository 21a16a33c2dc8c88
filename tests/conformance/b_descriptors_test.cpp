#include <cstdint>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <ios>
#include <string>
#include <system_error>

#include <doctest/doctest.h>

#include "tests/support/host_directory.hpp"
#include "tests/support/host_process.hpp"
#include "tests/support/raw_client.hpp"

namespace backplane::host {
namespace {

// Whether the open descriptor that `fdinfo`, a file of /proc/<pid>/fdinfo, tells of is inherited by
// programs that its process starts.
bool is_inherited(const std::filesystem::path& fdinfo) {
  std::ifstream file(fdinfo);
  std::string name;
  std::uint64_t flags = 0;
  while (file >> name) {
    if (name == "flags:" && file >> std::oct >> flags) return (flags & O_CLOEXEC) == 0;
  }
  return false;
}

}  // namespace

SCENARIO("no descriptor of a host reaches the processes that it starts") {
  GIVEN("a host that serves and has a connection on each listener") {
    HostDirectory directory({"hello"});
    directory.write_app(R"({"backends":{"a":{"plugin":"hello","handler":"hello"}},)"
                        R"("endpoints":{"a":{"route":"/a","traffic":{"a":1}}}})");
    HostProcess host(directory.serve_arguments());
    REQUIRE(host.wait_ready());
    RawClient data(host.data_port());
    RawClient admin(host.admin_port());
    REQUIRE(data.ask("GET /a HTTP/1.1\r\nHost: localhost\r\n\r\n").has_value());
    REQUIRE(admin.ask("GET /v1/status HTTP/1.1\r\nHost: localhost\r\n\r\n").has_value());
    WHEN("each of its descriptors is looked at") {
      int seen = 0;
      std::string inherited;
      const std::filesystem::path proc = "/proc/" + std::to_string(host.pid());
      for (const auto& info : std::filesystem::directory_iterator(proc / "fdinfo")) {
        const std::filesystem::path number = info.path().filename();
        // What the test got from whoever started it, so did the host.
        if (std::stoi(number) <= 2 || is_inherited("/proc/self/fdinfo" / number)) continue;
        ++seen;
        if (!is_inherited(info.path())) continue;
        std::error_code ignored;
        inherited += " " + std::filesystem::read_symlink(proc / "fd" / number, ignored).string();
      }
      THEN("all but the standard streams close when a program is started") {
        CHECK(seen > 10);
        CHECK(inherited == "");
      }
    }
  }
}

}  // namespace backplane::host
