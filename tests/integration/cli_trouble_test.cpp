#include <future>
#include <netinet/in.h>
#include <string>
#include <sys/socket.h>
#include <unistd.h>

#include <doctest/doctest.h>

#include "tests/integration/served_host.hpp"

namespace backplane::host {
namespace {

// Something on a port of this machine that accepts one connection, says `answer` and no more; with
// nothing to say it is silent. Owned by a test case.
class Impostor {
 public:
  explicit Impostor(std::string answer) : answer_(std::move(answer)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    void* const generic = &address;
    REQUIRE(::bind(listener_, static_cast<sockaddr*>(generic), sizeof address) == 0);
    REQUIRE(::listen(listener_, 1) == 0);
    socklen_t size = sizeof address;
    REQUIRE(::getsockname(listener_, static_cast<sockaddr*>(generic), &size) == 0);
    port_ = ntohs(address.sin_port);
    served_ = std::async(std::launch::async, [this] { serve(); });
  }
  ~Impostor() {
    ::shutdown(listener_, SHUT_RDWR);
    served_.wait();
    ::close(listener_);
  }
  Impostor(const Impostor&) = delete;
  Impostor& operator=(const Impostor&) = delete;

  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

 private:
  void serve() const {
    const int connection = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (connection < 0) return;
    char byte = 0;
    // The whole request, as closing with unread bytes would take the answer away.
    for (std::string seen; seen.find("\r\n\r\n") == std::string::npos;) {
      if (::recv(connection, &byte, 1, 0) <= 0) break;
      seen += byte;
    }
    if (!answer_.empty()) {
      static_cast<void>(::send(connection, answer_.data(), answer_.size(), MSG_NOSIGNAL));
    } else {
      // Until the other side gives up.
      static_cast<void>(::recv(connection, &byte, 1, 0));
    }
    ::close(connection);
  }

  std::string answer_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::future<void> served_;
};

// `timeout`: how long an answer is waited for, in ms.
ProcessEnd status_at(const std::string& address, const std::string& timeout = "30000") {
  return HostProcess::run({"status", "--admin", address, "--timeout", timeout});
}

void check_unreachable(const ProcessEnd& end, const std::string& address) {
  CHECK(end.code == 69);
  CHECK(end.output.empty());
  CHECK(end.errors.starts_with("backplane: no host answers at " + address + ": "));
  CHECK(end.errors.find('\n') == end.errors.size() - 1);
}

}  // namespace

SCENARIO("the command line says in one line why it cannot reach a host") {
  WHEN("nobody listens there") {
    THEN("it ends with 69") {
      check_unreachable(status_at("127.0.0.1:1"), "127.0.0.1:1");
    }
  }
  WHEN("whoever listens says nothing") {
    const Impostor silent("");
    THEN("it ends with 69 when its time is over") {
      const ProcessEnd end = status_at(silent.address(), "200");
      check_unreachable(end, silent.address());
      CHECK(end.errors.find("no answer in time") != std::string::npos);
    }
  }
  WHEN("what answers is not HTTP, or breaks off") {
    for (const char* answer : {"SSH-2.0-x\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc",
                               "HTTP/1.1 200 OK\r\nX"}) {
      CAPTURE(answer);
      const Impostor other(answer);
      check_unreachable(status_at(other.address()), other.address());
    }
  }
  WHEN("what answers is HTTP and no host") {
    const Impostor other("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>");
    const ProcessEnd end = status_at(other.address());
    THEN("it ends with 1 and says so") {
      CHECK(end.code == 1);
      CHECK(end.errors.find("no admin listener") != std::string::npos);
    }
  }
}

SCENARIO("the command line shows a token that a file holds, and only that") {
  GIVEN("a host that wants a token") {
    HostDirectory directory({"hello"});
    directory.write("config.json", R"({"data":{"port":0},"admin":{"port":0},)"
                                   R"("plugins":{"directory":"plugins"},)"
                                   R"("state":{"directory":"state"}})");
    HostProcess host(directory.serve_arguments());
    REQUIRE(host.wait_ready());
    const std::string admin = "127.0.0.1:" + std::to_string(host.admin_port());
    WHEN("it is asked without one") {
      const ProcessEnd end = HostProcess::run({"status", "--admin", admin});
      THEN("it ends with 77 and says how to show one") {
        CHECK(end.code == 77);
        CHECK(end.errors.find("--token-file") != std::string::npos);
      }
    }
    WHEN("it is asked with another") {
      directory.write("wrong", "0123456789abcdef\n");
      const ProcessEnd end = HostProcess::run(
          {"status", "--admin", admin, "--token-file", (directory.path() / "wrong").string()});
      THEN("it ends with 77") {
        CHECK(end.code == 77);
      }
    }
    WHEN("it is asked with the one that the host wrote") {
      const ProcessEnd end =
          HostProcess::run({"status", "--admin", admin, "--token-file",
                            (directory.path() / "state" / "admin.token").string()});
      THEN("it is answered") {
        CHECK(end.code == 0);
        CHECK(end.output.find("no backends") != std::string::npos);
      }
    }
  }
}

}  // namespace backplane::host
