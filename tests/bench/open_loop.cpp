// Sends requests at the times of a seeded Poisson process, whether or not earlier ones were
// answered, and counts each latency from the moment its request was meant to be sent: a server that
// stalls makes the requests late that would have come meanwhile, and they count. Prints one line of
// JSON. It polls without sleeping, for being woken costs more than what is measured: give it a core
// of its own.

#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <deque>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string>
#include <string_view>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

#include "tests/bench/answer_reader.hpp"
#include "tests/bench/arrivals.hpp"
#include "tests/bench/latencies.hpp"

namespace backplane::bench {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::nanoseconds;

struct Plan {
  std::uint16_t port = 0;
  std::string path = "/";
  double rate = 0;
  double seconds = 0;
  double warm_up = 0.5;  // seconds whose requests are sent but not counted
  std::size_t connections = 512;
  std::uint64_t seed = 1;
};

struct Outcome {
  std::vector<nanoseconds> latencies;
  std::size_t answered = 0;
  std::size_t errors = 0;
  nanoseconds latest_send{};  // how far the generator itself fell behind
};

struct Connection {
  int fd = -1;
  nanoseconds intended{};
  AnswerReader reader;
};

// Owns the connections of one run. One thread.
class OpenLoop {
 public:
  explicit OpenLoop(const Plan& plan)
      : plan_(plan),
        request_("GET " + plan.path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"),
        epoll_(::epoll_create1(EPOLL_CLOEXEC)),
        connections_(plan.connections) {}

  OpenLoop(const OpenLoop&) = delete;
  OpenLoop& operator=(const OpenLoop&) = delete;

  ~OpenLoop() {
    for (const Connection& connection : connections_) {
      if (connection.fd >= 0) ::close(connection.fd);
    }
    ::close(epoll_);
  }

  bool connect_all() {
    for (std::size_t i = 0; i < connections_.size(); ++i) {
      if (!connect_one(connections_[i], i)) return false;
      free_.push_back(i);
    }
    return true;
  }

  Outcome run() {
    constexpr std::chrono::seconds kGrace(5);
    const nanoseconds until = seconds(plan_.warm_up + plan_.seconds);
    Arrivals arrivals(plan_.rate, plan_.seed);
    nanoseconds next = arrivals.next();
    const Clock::time_point start = Clock::now();
    while (alive_ > 0) {
      const nanoseconds now = Clock::now() - start;
      // A server that does not keep up gets no more than this; what it still owes are errors.
      if (now > until + kGrace) break;
      for (; next <= now && next < until; next = arrivals.next()) due_.push_back(next);
      if (next >= until && due_.empty() && free_.size() == alive_) break;
      send_due(start);
      receive(start);
    }
    outcome_.errors += due_.size() + (connections_.size() - free_.size());
    return std::move(outcome_);
  }

 private:
  static nanoseconds seconds(double value) {
    return nanoseconds(static_cast<std::int64_t>(value * 1e9));
  }

  bool connect_one(Connection& connection, std::size_t index) {
    connection.fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connection.fd < 0) return false;
    const int on = 1;
    ::setsockopt(connection.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    addrinfo hints{};
    hints.ai_family = AF_INET;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
    addrinfo* address = nullptr;
    const std::string port = std::to_string(plan_.port);
    if (::getaddrinfo("127.0.0.1", port.c_str(), &hints, &address) != 0) return false;
    const bool connected = ::connect(connection.fd, address->ai_addr, address->ai_addrlen) == 0;
    ::freeaddrinfo(address);
    if (!connected) return false;
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = index;
    ++alive_;
    return ::epoll_ctl(epoll_, EPOLL_CTL_ADD, connection.fd, &event) == 0;
  }

  void send_due(Clock::time_point start) {
    while (!due_.empty() && !free_.empty()) {
      Connection& connection = connections_[free_.back()];
      free_.pop_back();
      connection.intended = due_.front();
      due_.pop_front();
      const ssize_t sent = ::send(connection.fd, request_.data(), request_.size(), MSG_NOSIGNAL);
      if (sent != static_cast<ssize_t>(request_.size())) {
        --alive_;  // Counted as an error at the end: it is neither free nor answered.
        ::epoll_ctl(epoll_, EPOLL_CTL_DEL, connection.fd, nullptr);
        continue;
      }
      const nanoseconds late = Clock::now() - start - connection.intended;
      if (late > outcome_.latest_send) outcome_.latest_send = late;
    }
  }

  void receive(Clock::time_point start) {
    epoll_event events[64];
    const int ready = ::epoll_wait(epoll_, events, 64, 0);
    for (int i = 0; i < ready; ++i) {
      const auto index = static_cast<std::size_t>(events[i].data.u64);
      Connection& connection = connections_[index];
      char bytes[4096];
      const ssize_t size = ::recv(connection.fd, bytes, sizeof(bytes), MSG_DONTWAIT);
      if (size < 0 && errno == EAGAIN) continue;
      if (size <= 0) {
        lose(index);
        continue;
      }
      const auto status = connection.reader.read({bytes, static_cast<std::size_t>(size)});
      if (!status) continue;
      count(connection, *status, Clock::now() - start);
      free_.push_back(index);
    }
  }

  void lose(std::size_t index) {
    --alive_;
    std::erase(free_, index);
    ::epoll_ctl(epoll_, EPOLL_CTL_DEL, connections_[index].fd, nullptr);
  }

  void count(const Connection& connection, int status, nanoseconds now) {
    if (status != 200) ++outcome_.errors;
    if (status != 200 || connection.intended < seconds(plan_.warm_up)) return;
    ++outcome_.answered;
    outcome_.latencies.push_back(now - connection.intended);
  }

  const Plan plan_;
  const std::string request_;
  int epoll_;
  std::vector<Connection> connections_;
  std::vector<std::size_t> free_;  // the last one used goes first, so that few are in use
  std::deque<nanoseconds> due_;
  std::size_t alive_ = 0;
  Outcome outcome_;
};

bool read_number(std::string_view text, auto& into) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), into);
  return error == std::errc() && end == text.data() + text.size();
}

bool set_option(Plan& plan, std::string_view name, std::string_view value) {
  if (name == "--port") return read_number(value, plan.port);
  if (name == "--rate") return read_number(value, plan.rate) && plan.rate > 0;
  if (name == "--seconds") return read_number(value, plan.seconds) && plan.seconds > 0;
  if (name == "--warm-up") return read_number(value, plan.warm_up) && plan.warm_up >= 0;
  if (name == "--connections") return read_number(value, plan.connections);
  if (name == "--seed") return read_number(value, plan.seed);
  if (name != "--path") return false;
  plan.path = value;
  return true;
}

double microseconds(nanoseconds value) {
  return static_cast<double>(value.count()) / 1e3;
}

void print(const Plan& plan, Outcome& outcome) {
  std::printf(
      "{\"answered\": %zu, \"errors\": %zu, \"rps\": %.1f, \"p50_us\": %.1f, \"p99_us\": %.1f, "
      "\"max_us\": %.1f, \"latest_send_us\": %.1f}\n",
      outcome.answered, outcome.errors, static_cast<double>(outcome.answered) / plan.seconds,
      microseconds(percentile(outcome.latencies, 0.5)),
      microseconds(percentile(outcome.latencies, 0.99)),
      microseconds(percentile(outcome.latencies, 1)), microseconds(outcome.latest_send));
}

}  // namespace
}  // namespace backplane::bench

int main(int count, char** words) {
  backplane::bench::Plan plan;
  bool good = count % 2 == 1;
  for (int i = 1; good && i + 1 < count; i += 2) {
    good = backplane::bench::set_option(plan, words[i], words[i + 1]);
  }
  if (!good || plan.port == 0 || plan.rate == 0 || plan.seconds == 0) {
    std::fputs(
        "usage: open_loop --port N --rate PER_SECOND --seconds N [--path /P] [--warm-up N] "
        "[--connections N] [--seed N]\n",
        stderr);
    return 64;
  }
  backplane::bench::OpenLoop loop(plan);
  if (!loop.connect_all()) {
    std::perror("open_loop: cannot connect");
    return 1;
  }
  backplane::bench::Outcome outcome = loop.run();
  backplane::bench::print(plan, outcome);
  return 0;
}
