#include <fcntl.h>
#include <poll.h>
#include <span>
#include <string>
#include <string_view>
#include <unistd.h>
#include <vector>

#include <backplane/json.hpp>
#include <backplane/plugin.hpp>

namespace {

// A FIFO that is open for as long as its replica lives. Opened for reading and writing, so that
// neither side ever waits for the other to open it.
class Fifo {
 public:
  explicit Fifo(std::string_view path)
      : file_(::open(std::string(path).c_str(), O_RDWR | O_CLOEXEC)) {
    if (file_ < 0) throw backplane::Error::invalid("cannot open FIFO '" + std::string(path) + "'");
  }
  ~Fifo() { ::close(file_); }

  Fifo(const Fifo&) = delete;
  Fifo& operator=(const Fifo&) = delete;

  void put(char byte) const { [[maybe_unused]] const auto written = ::write(file_, &byte, 1); }

  // Waits for a byte; several waiters get one each.
  void take() const {
    // A test that failed must not leave a host that never ends.
    constexpr int kLongestTestMs = 60'000;
    pollfd readable{file_, POLLIN, 0};
    if (::poll(&readable, 1, kLongestTestMs) != 1) {
      throw backplane::Error::deadline("nobody opened the gate");
    }
    char byte = 0;
    [[maybe_unused]] const auto taken = ::read(file_, &byte, 1);
  }

 private:
  int file_;
};

// init {"entered": path, "gate": path}, two FIFOs of the test. Each call writes one byte to
// `entered`, waits for one byte of `gate`, and answers with the number of requests it was given;
// the header X-Call says the how-manieth call of its replica it was.
class Gate {
 public:
  explicit Gate(backplane::Config init) : Gate(backplane::JsonDocument::parse(init.json())) {}

  std::vector<backplane::Response> batch(std::span<const backplane::Request> requests) {
    entered_.put('e');
    gate_.take();
    backplane::Response answer(std::to_string(requests.size()));
    answer.set_header("X-Call", std::to_string(++calls_));
    return std::vector<backplane::Response>(requests.size(), answer);
  }

 private:
  explicit Gate(const backplane::JsonDocument& init)
      : entered_(init.root().at("entered").as_string()),
        gate_(init.root().at("gate").as_string()) {}

  Fifo entered_;
  Fifo gate_;
  long calls_ = 0;
};

}  // namespace

BACKPLANE_PLUGIN("gate", "1.0.0", backplane::handler<Gate>("gate", {.max_batch = 64}));
