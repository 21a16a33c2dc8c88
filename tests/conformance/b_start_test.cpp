#include <algorithm>
#include <csignal>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/support/host_directory.hpp"
#include "tests/support/host_process.hpp"
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

}  // namespace

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
