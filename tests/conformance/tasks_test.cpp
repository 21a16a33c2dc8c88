#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>

#include <doctest/doctest.h>

#include "host/plugin/task_pool.hpp"
#include "tests/support/host_directory.hpp"
#include "tests/support/host_fixture.hpp"
#include "tests/support/host_process.hpp"
#include "tests/support/raw_client.hpp"
#include "tests/support/wait_for.hpp"

namespace backplane::host {
namespace {

// A host whose endpoint /tasks hands work over, and the file for which that waits.
class TasksHost : public HostFixture {
 public:
  TasksHost() : HostFixture({"tasks"}) {
    create_backend("tasks", "tasks");
    create_endpoint("tasks", "/tasks", R"({"tasks":1})");
  }

  std::string ask(const std::string& what) const {
    return get("/tasks?do=" + what + "&file=" + file().string()).body();
  }
  std::filesystem::path file() const { return directory() / "go"; }
  void let_go() const { std::ofstream(file()) << "go"; }
  int done() const {
    std::ifstream file(directory() / "go.done");
    int count = 0;
    for (std::string line; std::getline(file, line);) ++count;
    return count;
  }
  std::size_t generations() const {
    return admin("GET", "/v1/plugins/tasks").json().root().find("generations")->size();
  }
};

int task_threads() {
  int count = 0;
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    std::string name;
    std::ifstream(task.path() / "comm") >> name;
    count += name.starts_with("bp-task-") ? 1 : 0;
  }
  return count;
}

}  // namespace

TEST_SUITE("tasks") {
  TEST_CASE("tasks: one runs on a thread of the host, of which an idle host has none") {
    const TasksHost host;
    CHECK(task_threads() == 0);
    CHECK(host.ask("answer") == "replica elsewhere");
    CHECK(task_threads() > 0);
  }

  TEST_CASE("tasks: as many wait as may, then a handler is told, and its call is refused") {
    const TasksHost host;
    // A thread that has not run yet takes one more of those that wait.
    const int places = static_cast<int>(TaskPool::kDefaultWaiting + TaskPool::kDefaultThreads);
    int taken = 0;
    CHECK(wait_for([&] {
      taken += std::stoi(host.ask("fill"));
      return taken >= places;
    }));
    CHECK(taken == places);
    CHECK(host.get("/tasks?do=answer").status() == 429);
    CHECK(host.get("/tasks?do=answer").detail().find("too many tasks wait") != std::string::npos);
    host.let_go();
    CHECK(wait_for([&] { return host.get("/tasks?do=answer").status() == 200; }));
    CHECK(wait_for([&] { return host.done() >= taken; }));
  }

  TEST_CASE("tasks: a version that is replaced stays until its tasks have ended") {
    const TasksHost host;
    CHECK(host.ask("hold") == "held");
    CHECK(host.admin("POST", "/v1/plugins/tasks/reload", R"({"force":true})").status() == 200);
    CHECK(host.get("/tasks?do=answer").header("Backplane-Backend") == "tasks@2");
    CHECK(host.generations() == 2);
    CHECK(host.done() == 0);
    host.let_go();
    CHECK(wait_for([&] { return host.generations() == 1; }));
    CHECK(host.done() == 1);
  }

  TEST_CASE("tasks: a host that stops runs what waits") {
    TasksHost host;
    const int taken = std::stoi(host.ask("fill"));
    host.let_go();
    // Checks that it stops in order.
    host.stop();
    CHECK(host.done() == taken);
  }

  TEST_CASE("tasks: a host that stops does not wait for a task that does not end") {
    HostDirectory directory({"tasks"});
    directory.write_config(R"(,"shutdown":{"drain_delay_ms":0,"grace_ms":1})");
    directory.write_app(R"({"backends":{"tasks":{"plugin":"tasks","handler":"tasks"}},)"
                        R"("endpoints":{"tasks":{"route":"/tasks","traffic":{"tasks":1}}}})");
    HostProcess process(directory.serve_arguments());
    REQUIRE(process.wait_ready());
    RawClient client(process.data_port());
    const auto answer =
        client.ask("GET /tasks?do=hold&file=/nonexistent HTTP/1.1\r\nHost: localhost\r\n\r\n");
    REQUIRE(answer.has_value());
    CHECK(answer->body == "held");
    process.signal(SIGTERM);
    const auto end = process.wait_end();
    REQUIRE(end.has_value());
    CHECK(end->signal == 0);
    CHECK(end->code == 1);
    CHECK(end->errors.find("a handler did not return") != std::string::npos);
  }
}

}  // namespace backplane::host
