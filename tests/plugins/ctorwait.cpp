#include <fcntl.h>
#include <poll.h>
#include <string>
#include <unistd.h>

#include <backplane/json.hpp>
#include <backplane/plugin.hpp>

namespace {

// init {"gate": path}, a FIFO of the test: the constructor returns when it has read a byte of it.
struct CtorWait {
  explicit CtorWait(backplane::Config init) {
    const std::string path(
        backplane::JsonDocument::parse(init.json()).root().at("gate").as_string());
    const int file = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
    constexpr int kLongestTestMs = 60'000;
    pollfd readable{file, POLLIN, 0};
    const bool opened = file >= 0 && ::poll(&readable, 1, kLongestTestMs) == 1;
    char byte = 0;
    const bool taken = opened && ::read(file, &byte, 1) == 1;
    if (file >= 0) ::close(file);
    if (!taken) throw backplane::Error::deadline("nobody opened the gate");
  }

  backplane::Response operator()(const backplane::Request&) { return "waited"; }
};

}  // namespace

BACKPLANE_PLUGIN("ctorwait", "1.0.0", backplane::handler<CtorWait>("ctorwait"));
