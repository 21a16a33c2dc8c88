#include <cerrno>
#include <csignal>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>

#include <backplane/plugin.hpp>

namespace {

std::string limit(int resource) {
  rlimit bounds{};
  ::getrlimit(static_cast<__rlimit_resource>(resource), &bounds);
  return std::to_string(bounds.rlim_cur);
}

// Tries what its init names, and refuses to be made with what came of it.
struct ReachesOut {
  explicit ReachesOut(backplane::Config init) {
    errno = 0;
    const std::string result = attempt(init.json());
    const int error = errno;
    throw backplane::Error::unavailable(result + ", " + std::generic_category().message(error));
  }

  static std::string attempt(std::string_view what) {
    if (what == R"("tcp")") return opened(::socket(AF_INET, SOCK_STREAM, 0));
    if (what == R"("tcp6")") return opened(::socket(AF_INET6, SOCK_STREAM, 0));
    if (what == R"("unix")") return opened(::socket(AF_UNIX, SOCK_STREAM, 0));
    if (what == R"("kill parent")") return opened(::kill(::getppid(), 0));
    if (what == R"("kill self")") return opened(::kill(::getpid(), 0));
    if (what == R"("exec")") return opened(::execl("/bin/true", "true", nullptr));
    if (what == R"("memory")") {
      const auto block = std::make_unique<std::byte[]>(std::size_t{2} << 30U);
      return opened(block == nullptr ? -1 : 0);
    }
    if (what == R"("limits")") {
      return "cpu " + limit(RLIMIT_CPU) + " core " + limit(RLIMIT_CORE) + " files " +
             limit(RLIMIT_NOFILE) + " privileges " +
             std::to_string(::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
    }
    return "nothing";
  }

  static std::string opened(int result) { return result < 0 ? "refused" : "allowed"; }

  backplane::Response operator()(const backplane::Request&) { return "never"; }
};

}  // namespace

BACKPLANE_PLUGIN("reaches_out", "1.0.0", backplane::handler<ReachesOut>("reaches_out"));
