#include <algorithm>
#include <chrono>
#include <csignal>
#include <optional>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/support/host_directory.hpp"
#include "tests/support/host_process.hpp"
#include "tests/support/plugin_gate.hpp"
#include "tests/support/raw_client.hpp"

namespace backplane::host {
namespace {

constexpr auto kGetHello = "GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n";
constexpr auto kGetGate = "GET /gate HTTP/1.1\r\nHost: localhost\r\n\r\n";

// A host process that serves hello, and gate, whose calls the test holds.
struct GatedHost {
  explicit GatedHost(const std::string& shutdown)
      : directory({"hello", "gate"}), gate(directory.path()) {
    directory.write_config(R"(,"shutdown":)" + shutdown);
    directory.write_app(R"({"backends":{"hello":{"plugin":"hello","handler":"hello"},)"
                        R"("gate":{"plugin":"gate","handler":"gate","init":)" +
                        gate.init_json() +
                        R"(}},"endpoints":{"hello":{"route":"/hello","traffic":{"hello":1}},)"
                        R"("gate":{"route":"/gate","traffic":{"gate":1}}}})");
    process.emplace(directory.serve_arguments());
    REQUIRE(process->wait_ready());
  }

  // One request inside the handler and one in the queue behind it.
  void hold_two() {
    running = RawClient(process->data_port());
    REQUIRE(running.send(kGetGate));
    REQUIRE(gate.wait_entered());
    queued = RawClient(process->data_port());
    REQUIRE(queued.send(kGetGate));
    REQUIRE(wait_admin("/v1/backends/gate", R"("queued":1)"));
  }

  // Asks again and again until the answer holds `text`.
  bool wait_admin(const std::string& path, const std::string& text) const {
    RawClient admin(process->admin_port());
    const std::string ask = "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
    for (const TimePoint deadline = Clock::now() + kPatience; Clock::now() < deadline;) {
      const auto answer = admin.ask(ask);
      if (!answer) return false;
      if ((answer->head + answer->body).find(text) != std::string::npos) return true;
    }
    return false;
  }
  bool wait_unready() const { return wait_admin("/readyz", " 503 "); }

  // Connects until nobody listens any more.
  static bool wait_closed(std::uint16_t port) {
    for (const TimePoint deadline = Clock::now() + kPatience; Clock::now() < deadline;) {
      if (!RawClient(port).connected()) return true;
    }
    return false;
  }
  bool wait_port_closed() const { return wait_closed(process->data_port()); }
  bool wait_admin_closed() const { return wait_closed(process->admin_port()); }

  HostDirectory directory;
  PluginGate gate;
  std::optional<HostProcess> process;
  RawClient running;
  RawClient queued;
};

int status_of(RawClient& client) {
  const auto answer = client.read_response(false, kPatience);
  return answer ? answer->status : 0;
}

// The two requests that are held get 503 now, and the host ends well as soon as it can.
void check_cut_off(GatedHost& host) {
  for (RawClient* const client : {&host.queued, &host.running}) {
    const auto answer = client->read_response(false, kPatience);
    REQUIRE(answer.has_value());
    CHECK(answer->status == 503);
    CHECK(answer->body.find(R"("code":"shutting_down")") != std::string::npos);
  }
  host.gate.open(2);
  const auto end = host.process->wait_end();
  REQUIRE(end.has_value());
  CHECK(end->code == 0);
  CHECK(end->signal == 0);
}

}  // namespace

SCENARIO("B57, fault 80: after SIGTERM what is in flight or queued finishes, and the exit is 0") {
  GIVEN("a host with a request inside its handler and one behind it") {
    GatedHost host(R"({"drain_delay_ms":0,"grace_ms":30000})");
    host.hold_two();
    WHEN("it gets SIGTERM") {
      host.process->signal(SIGTERM);
      THEN("it is unready at once, accepts no more, answers both and says close") {
        CHECK(host.wait_unready());
        CHECK(host.wait_port_closed());
        CHECK(host.process->running());
        host.gate.open(2);
        for (RawClient* const client : {&host.running, &host.queued}) {
          const auto answer = client->read_response(false, kPatience);
          REQUIRE(answer.has_value());
          CHECK(answer->status == 200);
          CHECK(answer->header("Connection") == "close");
          client->close();
        }
        const auto end = host.process->wait_end();
        REQUIRE(end.has_value());
        CHECK(end->code == 0);
      }
    }
  }
}

SCENARIO("B57, fault 36: a handler that never returns on an I/O thread does not keep the host") {
  GIVEN("a host whose I/O thread is inside a handler that said it never blocks") {
    HostDirectory directory({"stuck_inline"});
    directory.write_config(R"(,"shutdown":{"drain_delay_ms":0,"grace_ms":1})");
    directory.write_app(R"({"backends":{"stuck":{"plugin":"stuck_inline","handler":"stuck_inline",)"
                        R"("config":{"execution":"inline"}}},)"
                        R"("endpoints":{"stuck":{"route":"/stuck","traffic":{"stuck":1}}}})");
    HostProcess process(directory.serve_arguments());
    REQUIRE(process.wait_ready());
    RawClient client(process.data_port());
    REQUIRE(client.send("GET /stuck HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    RawClient admin(process.admin_port());
    const TimePoint deadline = Clock::now() + kPatience;
    for (bool inside = false; !inside && Clock::now() < deadline;) {
      const auto status = admin.ask("GET /v1/status HTTP/1.1\r\nHost: localhost\r\n\r\n");
      REQUIRE(status.has_value());
      inside = status->body.find(R"("in_flight":1)") != std::string::npos;
    }
    WHEN("it gets SIGTERM") {
      process.signal(SIGTERM);
      THEN("it ends without the handler, and says that it had to") {
        const auto end = process.wait_end();
        REQUIRE(end.has_value());
        CHECK(end->signal == 0);
        CHECK(end->code == 1);
        CHECK(end->errors.find("a handler did not return") != std::string::npos);
      }
    }
  }
}

SCENARIO("B57, fault 80: a client that honours Connection: close loses no request") {
  GIVEN("a client that asks without a pause on one connection") {
    GatedHost host(R"({"drain_delay_ms":2000,"grace_ms":30000})");
    RawClient client(host.process->data_port());
    REQUIRE(client.ask(kGetHello).has_value());
    WHEN("the host gets SIGTERM") {
      host.process->signal(SIGTERM);
      int lost = 0;
      int new_connections = 0;
      std::optional<RawResponse> answer;
      do {
        answer = client.ask(kGetHello);
        if (!answer || answer->status != 200) ++lost;
        // While it is only unready, balancers may still send to it.
        if (answer && answer->header("Connection").empty()) {
          RawClient other(host.process->data_port());
          if (other.connected() && other.ask(kGetHello)) ++new_connections;
        }
      } while (answer && answer->header("Connection") != "close");
      THEN("every answer is 200, the last says close, and the exit is 0") {
        CHECK(lost == 0);
        CHECK(new_connections > 0);
        CHECK(client.read_until_close() == "");
        client.close();
        const auto end = host.process->wait_end();
        REQUIRE(end.has_value());
        CHECK(end->code == 0);
      }
    }
  }
}

SCENARIO("B57: copies of requests that wait for a shadow do not hold up the end") {
  GIVEN("a host with one copy inside the shadow's handler and one behind it") {
    GatedHost host(R"({"grace_ms":30000})");
    RawClient admin(host.process->admin_port());
    const std::string shadowed =
        R"({"route":"/shadowed","traffic":{"hello":1},"shadows":{"gate":1}})";
    const auto made = admin.ask(
        "PUT /v1/endpoints/shadowed HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
        "application/json\r\nContent-Length: " +
        std::to_string(shadowed.size()) + "\r\n\r\n" + shadowed);
    REQUIRE((made && made->status == 201));
    admin.close();
    RawClient client(host.process->data_port());
    for (int copies = 0; copies < 2; ++copies) {
      const auto answer = client.ask("GET /shadowed HTTP/1.1\r\nHost: localhost\r\n\r\n");
      REQUIRE((answer && answer->status == 200));
    }
    client.close();
    REQUIRE(host.gate.wait_entered());
    REQUIRE(host.wait_admin("/v1/backends/gate", R"("queued":1)"));
    WHEN("it gets SIGTERM and the copy inside comes back") {
      host.process->signal(SIGTERM);
      REQUIRE(host.wait_admin_closed());
      host.gate.open();
      THEN("the one behind it is not run, and the exit is 0") {
        const auto end = host.process->wait_end();
        REQUIRE(end.has_value());
        CHECK(end->code == 0);
        CHECK(host.gate.nobody_entered());
      }
    }
  }
}

SCENARIO("B57, fault 81: a second signal answers what is left with 503 and ends the host") {
  GIVEN("a host that drains, with a request inside its handler and one behind it") {
    GatedHost host(R"({"grace_ms":30000})");
    host.hold_two();
    host.process->signal(SIGTERM);
    REQUIRE(host.wait_unready());
    WHEN("it gets a second SIGTERM") {
      host.process->signal(SIGTERM);
      THEN("both are answered 503, and the exit is 0 once the handler is back") {
        check_cut_off(host);
      }
    }
    WHEN("it gets SIGINT") {
      host.process->signal(SIGINT);
      THEN("both are answered 503, and the exit is 0 once the handler is back") {
        check_cut_off(host);
      }
    }
  }
}

SCENARIO("B57, fault 81: when the grace is over, what is left gets 503 and the exit is not 0") {
  GIVEN("a host with a short grace and a handler that does not return") {
    GatedHost host(R"({"grace_ms":100})");
    host.hold_two();
    WHEN("it gets SIGTERM") {
      host.process->signal(SIGTERM);
      THEN("both requests are answered 503, the host ends without the handler and says so") {
        CHECK(status_of(host.running) == 503);
        CHECK(status_of(host.queued) == 503);
        const auto end = host.process->wait_end();
        REQUIRE(end.has_value());
        CHECK(end->code == 1);
        CHECK(end->signal == 0);
        CHECK(end->errors.find("a handler did not return") != std::string::npos);
        CHECK(end->errors.find("in flight that are answered 503: 2") != std::string::npos);
      }
    }
  }
}

}  // namespace backplane::host
