#include <algorithm>
#include <arpa/inet.h>
#include <csignal>
#include <cstdint>
#include <netinet/in.h>
#include <string>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

#include <doctest/doctest.h>

#include "host/plugin/file_descriptor.hpp"
#include "tests/support/gate.hpp"
#include "tests/support/host_directory.hpp"
#include "tests/support/host_process.hpp"
#include "tests/support/plugin_gate.hpp"
#include "tests/support/raw_client.hpp"

namespace backplane::host {
namespace {

// A host that does not start says why in one line, and never that it is ready.
void check_one_line(const ProcessEnd& end, int code, const std::string& word) {
  CHECK(end.code == code);
  CHECK(end.output == "");
  CHECK(std::count(end.errors.begin(), end.errors.end(), '\n') == 1);
  CHECK_MESSAGE(end.errors.starts_with("backplane: "), end.errors);
  CHECK_MESSAGE(end.errors.find(word) != std::string::npos, end.errors);
}

// An address of the loopback network that no other test listens on, so that a port which is free
// there stays so.
std::uint32_t own_address() {
  return 0x7f400000U + (static_cast<std::uint32_t>(::getpid()) & 0x3fffffU);
}

std::string text_of(std::uint32_t address) {
  std::string text;
  for (const unsigned shift : {24U, 16U, 8U, 0U}) {
    text += (text.empty() ? "" : ".") + std::to_string(address >> shift & 0xffU);
  }
  return text;
}

// A port of own_address() that nobody listens on now.
std::uint16_t free_port() {
  const FileDescriptor probe(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(own_address());
  socklen_t length = sizeof address;
  void* const any = &address;  // what the socket calls take is a pointer to another type
  REQUIRE(::bind(probe.get(), static_cast<sockaddr*>(any), length) == 0);
  REQUIRE(::getsockname(probe.get(), static_cast<sockaddr*>(any), &length) == 0);
  return ntohs(address.sin_port);
}

// The status of GET `path`, asked for until the port answers; 0: it never did.
int status_of(std::uint16_t port, const std::string& path,
              std::uint32_t address = INADDR_LOOPBACK) {
  const TimePoint deadline = Clock::now() + kPatience;
  while (Clock::now() < deadline) {
    RawClient client;
    if (!client.connect(port, address)) continue;
    const auto answer = client.ask("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
    if (answer) return answer->status;
  }
  return 0;
}

}  // namespace

SCENARIO("B55: a host that is starting is alive, and ready when its backends are") {
  GIVEN("a host whose backend is still being made") {
    HostDirectory directory({"ctorwait", "hello"});
    PluginGate gate(directory.path());
    directory.write_app(R"({"backends":{"w":{"plugin":"ctorwait","handler":"ctorwait","init":)" +
                        gate.init_json() +
                        R"(}},"endpoints":{"w":{"route":"/w","traffic":{"w":1}}}})");
    const std::uint16_t admin = free_port();
    std::vector<std::string> arguments = directory.serve_arguments();
    arguments.push_back("--admin=" + text_of(own_address()) + ":" + std::to_string(admin));
    HostProcess host(arguments);
    WHEN("its admin listener is asked before and after") {
      const int alive = status_of(admin, "/healthz", own_address());
      const int early = status_of(admin, "/readyz", own_address());
      RawClient client;
      REQUIRE(client.connect(admin, own_address()));
      const auto change = client.ask("DELETE /v1/backends/w HTTP/1.1\r\nHost: localhost\r\n\r\n");
      gate.open(2);  // for the probe, and for the replica
      REQUIRE(host.wait_ready());
      THEN("it is alive at once, takes no change, and is ready in the end") {
        CHECK(alive == 200);
        CHECK(early == 503);
        REQUIRE(change.has_value());
        CHECK(change->status == 503);
        CHECK(change->body.find(R"("code":"starting")") != std::string::npos);
        CHECK(status_of(admin, "/readyz", own_address()) == 200);
        CHECK(status_of(host.data_port(), "/w") == 200);
      }
    }
  }
}

SCENARIO("B55: readiness does not flap while a backend that serves is changed") {
  GIVEN("a host that serves") {
    HostDirectory directory({"ctorwait"});
    PluginGate gate(directory.path());
    const std::string w = R"({"plugin":"ctorwait","handler":"ctorwait","init":)" +
                          gate.init_json() + R"(,"config":{"num_replicas":)";
    directory.write_app(R"({"backends":{"w":)" + w +
                        R"(1}}},"endpoints":{"w":{"route":"/w","traffic":{"w":1}}}})");
    gate.open(2);  // for the probe, and for the replica
    HostProcess host(directory.serve_arguments());
    REQUIRE(host.wait_ready());
    WHEN("a second replica is being made") {
      RawClient client(host.admin_port());
      const std::string body = R"({"config":{"num_replicas":2}})";
      const auto accepted = client.ask(
          "PATCH /v1/backends/w?wait_ms=0 HTTP/1.1\r\nHost: localhost\r\n"
          "Content-Type: application/json\r\nContent-Length: " +
          std::to_string(body.size()) + "\r\n\r\n" + body);
      THEN("the host stays ready") {
        REQUIRE(accepted.has_value());
        CHECK(accepted->status == 202);
        CHECK(status_of(host.admin_port(), "/readyz") == 200);
        CHECK(status_of(host.data_port(), "/w") == 200);
        gate.open();
      }
    }
  }
}

SCENARIO("B59: a port in use ends the start with one line") {
  GIVEN("a host that serves") {
    HostDirectory first;
    HostProcess serving(first.serve_arguments());
    REQUIRE(serving.wait_ready());
    WHEN("a second one wants its data port, or its admin port") {
      HostDirectory second;
      second.write_config({}, serving.data_port());
      const ProcessEnd data = HostProcess::run(second.serve_arguments());
      second.write_config({}, 0, serving.admin_port());
      const ProcessEnd admin = HostProcess::run(second.serve_arguments());
      THEN("it does not start, names the port, and the first one serves on") {
        check_one_line(data, 71, std::to_string(serving.data_port()));
        check_one_line(admin, 71, std::to_string(serving.admin_port()));
        RawClient client(serving.data_port());
        const auto answer = client.ask("GET /-/healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
        REQUIRE(answer.has_value());
        CHECK(answer->status == 200);
      }
    }
  }
}

SCENARIO("B59: a plugin or state directory that cannot be used ends the start with one line") {
  GIVEN("a configuration with such a directory") {
    HostDirectory directory;
    WHEN("there is no plugin directory") {
      std::filesystem::remove_all(directory.plugins());
      const ProcessEnd end = HostProcess::run(directory.serve_arguments());
      THEN("the line names it") {
        check_one_line(end, 71, "plugin directory");
      }
    }
    WHEN("the plugin directory is a file") {
      std::filesystem::remove_all(directory.plugins());
      directory.write("plugins", "a file");
      const ProcessEnd end = HostProcess::run(directory.serve_arguments());
      THEN("the line names it") {
        check_one_line(end, 71, "plugin directory");
      }
    }
    WHEN("the state directory is a file") {
      directory.write("state", "a file");
      const ProcessEnd end = HostProcess::run(directory.serve_arguments());
      THEN("the line names it") {
        check_one_line(end, 71, "state");
      }
    }
  }
}

SCENARIO("B59: a bad configuration ends the start with one line that says where") {
  GIVEN("a configuration file") {
    HostDirectory directory;
    WHEN("it is no JSON") {
      directory.write("config.json", "{\n  \"data\": oops\n}");
      const ProcessEnd end = HostProcess::run(directory.serve_arguments());
      THEN("the line has the place") {
        check_one_line(end, 78, "line 2");
      }
    }
    WHEN("it has a key that nobody knows") {
      directory.write_config(R"(,"dtaa":{})");
      const ProcessEnd end = HostProcess::run(directory.serve_arguments());
      THEN("the line names the key") {
        check_one_line(end, 78, "dtaa");
      }
    }
    WHEN("a value is out of range") {
      directory.write_config(R"(,"shutdown":{"grace_ms":-1})");
      const ProcessEnd end = HostProcess::run(directory.serve_arguments());
      THEN("the line has the value") {
        check_one_line(end, 78, "-1");
      }
    }
    WHEN("it is not there") {
      std::filesystem::remove(directory.path() / "config.json");
      const ProcessEnd end = HostProcess::run(directory.serve_arguments());
      THEN("the line names the file") {
        check_one_line(end, 78, "config.json");
      }
    }
  }
}

SCENARIO("the admin listener answers to the loopback address that it was given") {
  GIVEN("a host whose admin listener is on 127.0.0.2") {
    HostDirectory directory;
    std::vector<std::string> arguments = directory.serve_arguments();
    arguments.emplace_back("--admin=127.0.0.2:0");
    HostProcess process(arguments);
    REQUIRE(process.wait_ready());
    WHEN("it is asked by that address, as curl does") {
      RawClient admin;
      REQUIRE(admin.connect(process.admin_port(), 0x7f000002));
      const auto own = admin.ask("GET /healthz HTTP/1.1\r\nHost: 127.0.0.2\r\n\r\n");
      const auto foreign = admin.ask("GET /healthz HTTP/1.1\r\nHost: 127.0.0.3\r\n\r\n");
      THEN("it answers, and still not to another name") {
        REQUIRE((own && foreign));
        CHECK(own->status == 200);
        CHECK(foreign->status == 421);
      }
    }
  }
}

SCENARIO("B59: an app document that cannot be built ends the start, unless the host is tolerant") {
  GIVEN("an app document with a good backend and one without plugin") {
    HostDirectory directory({"hello"});
    directory.write_app(R"({"backends":{"good":{"plugin":"hello","handler":"hello"},)"
                        R"("bad":{"plugin":"gone","handler":"gone"}},)"
                        R"("endpoints":{"good":{"route":"/good","traffic":{"good":1}},)"
                        R"("bad":{"route":"/bad","traffic":{"bad":1}}}})");
    WHEN("a host is started with it") {
      const ProcessEnd end = HostProcess::run(directory.serve_arguments());
      THEN("it does not start, and the line names backend and plugin") {
        check_one_line(end, 78, "backend 'bad'");
        CHECK(end.errors.find("gone.so") != std::string::npos);
      }
    }
    WHEN("a tolerant one is started with it") {
      std::vector<std::string> arguments = directory.serve_arguments();
      arguments.emplace_back("--tolerant");
      HostProcess process(arguments);
      REQUIRE(process.wait_ready());
      THEN("it serves what it could build, answers 503 for the rest, and is not ready") {
        RawClient client(process.data_port());
        const auto good = client.ask("GET /good HTTP/1.1\r\nHost: localhost\r\n\r\n");
        const auto bad = client.ask("GET /bad HTTP/1.1\r\nHost: localhost\r\n\r\n");
        RawClient admin(process.admin_port());
        const auto ready = admin.ask("GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n");
        REQUIRE((good && bad && ready));
        CHECK(good->body == "hello serve!");
        CHECK(bad->status == 503);
        CHECK(bad->body.find(R"("code":"no_replica")") != std::string::npos);
        CHECK(ready->status == 503);
        CHECK(ready->body.find("backend 'bad'") != std::string::npos);
        client.close();
        admin.close();
        process.signal(SIGTERM);
        const auto end = process.wait_end();
        REQUIRE(end.has_value());
        CHECK(end->code == 0);
      }
    }
  }
}

}  // namespace backplane::host
