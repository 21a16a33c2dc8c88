#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "host/base/clock.hpp"

namespace backplane::host {

// One answer as it came, taken apart by the shortest code that can. A plain value.
struct RawResponse {
  int status = 0;
  std::string head;  // status line and fields, without the empty line
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;

  // The value of the first field called `name` (any case); empty when there is none.
  std::string header(std::string_view name) const;
};

// Takes the answer at the front of `bytes`; nothing while it is not whole.
std::optional<RawResponse> take_response(std::string& bytes, bool to_head = false);

// A TCP client of the loopback interface that says exactly the bytes it is given, well-formed or
// not. Owned by a test case; the thread that made it. Every wait has a deadline.
class RawClient {
 public:
  static constexpr std::chrono::milliseconds kWait{20'000};

  // Not connected yet, but its descriptor is there.
  RawClient();
  // Connects to 127.0.0.1.
  explicit RawClient(std::uint16_t port);
  ~RawClient();
  RawClient(RawClient&& other) noexcept;
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;
  RawClient& operator=(RawClient&& other) noexcept;

  // `ip`: 127.0.0.1, or another IPv4 address as a number.
  bool connect(std::uint16_t port, std::uint32_t ip = 0x7f000001);
  // The same to 127.0.0.1, as another peer: from `source`, any address of 127.0.0.0/8.
  bool connect_from(std::uint32_t source, std::uint16_t port);
  bool connected() const { return connected_; }

  // False when the other side does not take all of it within kWait.
  bool send(std::string_view bytes);
  // The next answer, 1xx included; nothing when none comes whole within `wait`. `to_head`: it has
  // no body, whatever its length says.
  std::optional<RawResponse> read_response(bool to_head = false, Duration wait = kWait);
  // Sends `bytes` and reads one answer.
  std::optional<RawResponse> ask(std::string_view bytes) {
    return send(bytes) ? read_response() : std::nullopt;
  }
  // All bytes until the other side closes; nothing when it does not within `wait`. A reset counts
  // as a close, and was_reset() tells.
  std::optional<std::string> read_until_close(Duration wait = kWait);
  // Whatever comes within `wait`, which may be nothing; stops at the first bytes or the end.
  std::string read_some(Duration wait);
  bool was_reset() const { return was_reset_; }

  // "I have sent everything", still reading.
  void half_close();
  void close();
  // Leaves with a reset instead of an orderly end.
  void reset();
  int fd() const { return fd_; }

 private:
  // False: the deadline passed.
  bool wait_for(short events, TimePoint deadline) const;
  // Bytes to `buffer_`; 0 at the end, -1 when the deadline passed.
  int read_more(TimePoint deadline);

  int fd_ = -1;
  bool connected_ = false;
  bool was_reset_ = false;
  std::string buffer_;
};

}  // namespace backplane::host
