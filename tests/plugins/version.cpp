#include <cstddef>
#include <cstdint>
#include <fcntl.h>
#include <poll.h>
#include <string>
#include <string_view>
#include <unistd.h>

#include <backplane/json.hpp>
#include <backplane/plugin.hpp>

// Built several times over, as versions of one plugin: VERSION is what its handlers answer.
#ifndef VERSION_CREATE_FAILS
#define VERSION_CREATE_FAILS false  // whether no replica can be made of it
#endif
#ifndef VERSION_FAILS_EVERY
#define VERSION_FAILS_EVERY 0  // fails one request of so many; 0: none
#endif
#ifndef VERSION_UNHEALTHY
#define VERSION_UNHEALTHY false  // whether it says that it cannot work
#endif
#ifndef VERSION_WAITS_MS
#define VERSION_WAITS_MS 0  // before each answer
#endif

namespace {

std::string version() {
  return "v" + std::to_string(VERSION);
}

std::string path_in(const backplane::Config& init, std::string_view key) {
  if (init.json().empty()) return {};
  const auto document = backplane::JsonDocument::parse(init.json());
  return std::string(document.root().at(key).as_string());
}

// init {"log": path}, or none: a line "+v1" for each replica that is made, "-v1" for each that
// goes, "*v1" for each that is warm.
class Version {
 public:
  explicit Version(backplane::Config init) : log_(path_in(init, "log")) {
    if (VERSION_CREATE_FAILS) throw backplane::Error::invalid(version() + " cannot be made");
    write("+");
  }
  ~Version() { write("-"); }

  Version(const Version&) = delete;
  Version& operator=(const Version&) = delete;

  void warm_up() { write("*"); }
  void health() const {
    if (VERSION_UNHEALTHY) throw backplane::Error::internal("the disk is on fire");
  }

  backplane::Response operator()(const backplane::Request&) {
    ++requests_;
    if (VERSION_WAITS_MS > 0) ::poll(nullptr, 0, VERSION_WAITS_MS);
    if (VERSION_FAILS_EVERY > 0 && requests_ % (VERSION_FAILS_EVERY + 1) == VERSION_FAILS_EVERY) {
      throw backplane::Error::internal("one of those");
    }
    return version();
  }

 private:
  void write(const std::string& what) const {
    if (log_.empty()) return;
    const int file = ::open(log_.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    const std::string line = what + version() + "\n";
    [[maybe_unused]] const auto written = ::write(file, line.data(), line.size());
    ::close(file);
  }

  const std::string log_;
  unsigned requests_ = 0;
};

// init {"entered": path, "gate": path}, two FIFOs of the test: each request writes a byte to the
// one and waits for a byte of the other before it answers.
class Held {
 public:
  explicit Held(backplane::Config init)
      : entered_(path_in(init, "entered")), gate_(path_in(init, "gate")) {}

  backplane::Response operator()(const backplane::Request&) const {
    // Both ways, so that neither side waits for the other to open it.
    const int entered = ::open(entered_.c_str(), O_RDWR | O_CLOEXEC);
    const int gate = ::open(gate_.c_str(), O_RDWR | O_CLOEXEC);
    char byte = 'e';
    [[maybe_unused]] const auto written = ::write(entered, &byte, 1);
    constexpr int kLongestTestMs = 60'000;
    pollfd readable{gate, POLLIN, 0};
    if (::poll(&readable, 1, kLongestTestMs) == 1) {
      [[maybe_unused]] const auto taken = ::read(gate, &byte, 1);
    }
    ::close(entered);
    ::close(gate);
    return version();
  }

 private:
  const std::string entered_;
  const std::string gate_;
};

// Answers "v1 3" to the third request, those before it at replicas in its place counted too. Takes
// states of its version and of earlier ones.
class Tally {
 public:
  static constexpr std::uint32_t kStateVersion = VERSION;

  backplane::Response operator()(const backplane::Request&) {
    return version() + " " + std::to_string(++count_);
  }
  std::string save_state() const { return std::string(count_, 'i'); }
  void restore_state(std::string_view bytes, std::uint32_t form) {
    if (form > kStateVersion) {
      throw backplane::Error::invalid(version() + " does not know form " + std::to_string(form));
    }
    count_ = bytes.size();
  }

 private:
  std::size_t count_ = 0;
};

}  // namespace

BACKPLANE_PLUGIN("version", VERSION_TEXT, backplane::handler<Version>("version"),
                 backplane::handler<Held>("held"), backplane::handler<Tally>("tally"));
