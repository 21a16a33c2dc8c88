#include "tests/support/plugin_gate.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <doctest/doctest.h>

#include "tests/support/gate.hpp"

namespace backplane::host {
namespace {

// For reading and writing, so that neither side waits for the other to open it.
int open_fifo(const std::filesystem::path& path) {
  REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  const int fd = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  REQUIRE(fd >= 0);
  return fd;
}

bool readable(int fd, std::chrono::milliseconds wait) {
  pollfd waiting{fd, POLLIN, 0};
  return ::poll(&waiting, 1, static_cast<int>(wait.count())) == 1;
}

}  // namespace

PluginGate::PluginGate(const std::filesystem::path& directory, const std::string& name)
    : entered_path_(directory / (name + ".entered")),
      gate_path_(directory / (name + ".open")),
      entered_(open_fifo(entered_path_)),
      gate_(open_fifo(gate_path_)) {}

PluginGate::~PluginGate() {
  // A test that failed has not opened it; its host must end all the same.
  open(256);
  ::close(entered_);
  ::close(gate_);
}

std::string PluginGate::init_json() const {
  return R"({"entered":")" + entered_path_.string() + R"(","gate":")" + gate_path_.string() +
         R"("})";
}

bool PluginGate::wait_entered(std::size_t calls) {
  for (; calls > 0; --calls) {
    char byte = 0;
    if (!readable(entered_, kPatience) || ::read(entered_, &byte, 1) != 1) return false;
  }
  return true;
}

bool PluginGate::nobody_entered() {
  return !readable(entered_, std::chrono::milliseconds(0));
}

void PluginGate::open(std::size_t calls) {
  const std::string bytes(calls, 'o');
  [[maybe_unused]] const auto written = ::write(gate_, bytes.data(), bytes.size());
}

}  // namespace backplane::host
