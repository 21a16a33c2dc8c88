#include "host/plugin/probe_runner.hpp"

#include <chrono>
#include <filesystem>
#include <future>
#include <memory>
#include <string>
#include <sys/wait.h>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "tests/support/no_more_threads.hpp"

namespace backplane::host {
namespace {

using std::chrono::milliseconds;

std::unique_ptr<ProbeRunner> runner(milliseconds limit = milliseconds(20'000)) {
  auto started = ProbeRunner::start(ProbeRunner::program_beside_this(), limit);
  REQUIRE(started.ok());
  return std::move(started).value();
}

// A probe of fixture `name` whose handler, of the same name, is made with `init`.
ProbeRequest request(const std::string& name, const std::string& init = {}) {
  return {
      .plugin = name,
      .path = BACKPLANE_TEST_PLUGINS "/" + name + ".so",
      .handlers = {{.handler = name, .backend = "tag", .init_json = init, .user_config_json = {}}}};
}

std::size_t open_descriptors() {
  const std::filesystem::directory_iterator all("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

}  // namespace

TEST_SUITE("plugin") {
  TEST_CASE("ProbeRunner: a good plugin passes, with its handlers and how long it took") {
    const auto report = runner()->probe(request("count"));
    REQUIRE(report.ok());
    REQUIRE(report.value().handlers.size() == 1);
    CHECK(report.value().handlers[0].name == "count");
    CHECK(report.value().warnings.empty());
    CHECK(report.value().took > std::chrono::microseconds(0));
  }

  TEST_CASE("ProbeRunner: nothing of it stays, in this process or as one") {
    const auto runs = runner();
    const std::size_t before = open_descriptors();
    for (int i = 0; i < 5; ++i) CHECK(runs->probe(request("count")).ok());
    CHECK_FALSE(runs->probe(request("ctorfail")).ok());
    CHECK(open_descriptors() == before);
    CHECK(waitpid(-1, nullptr, WNOHANG) == -1);  // no child, not even one that nobody asked for
  }

  TEST_CASE("ProbeRunner: many run at once, one that hangs keeps nobody waiting") {
    const auto runs = runner();
    std::promise<void> hung_is_over;
    runs->probe(request("hangs_in_create"),
                [&](const Result<ProbeReport>&) { hung_is_over.set_value(); });
    std::vector<std::future<bool>> passed;
    for (int i = 0; i < 8; ++i) {
      auto promise = std::make_shared<std::promise<bool>>();
      passed.push_back(promise->get_future());
      runs->probe(request("count"),
                  [promise](const Result<ProbeReport>& r) { promise->set_value(r.ok()); });
    }
    for (auto& one : passed) CHECK(one.get());
    auto waits = hung_is_over.get_future();
    CHECK(waits.wait_for(milliseconds(0)) == std::future_status::timeout);
    runs->stop();
    CHECK(waits.wait_for(milliseconds(0)) == std::future_status::ready);
  }

  TEST_CASE("ProbeRunner: what runs when it stops, and what comes later, is told so") {
    const auto runs = runner();
    std::string first;
    runs->probe(request("hangs_in_create"),
                [&](const Result<ProbeReport>& r) { first = r.error().reason(); });
    runs->stop();
    CHECK(first == "shutting_down");
    CHECK(runs->probe(request("count")).error().reason() == "shutting_down");
    CHECK(waitpid(-1, nullptr, WNOHANG) == -1);
  }

  TEST_CASE("ProbeRunner: without its program, or a thread, it does not start") {
    const auto none = ProbeRunner::start("/nonexistent/backplane-probe", milliseconds(1000));
    REQUIRE_FALSE(none.ok());
    CHECK(none.error().reason() == "probe_unavailable");
    const NoMoreThreads no_threads;
    CHECK_FALSE(ProbeRunner::start(ProbeRunner::program_beside_this(), milliseconds(1000)).ok());
  }

  TEST_CASE("ProbeRunner: a program that cannot be run says nothing against the plugin") {
    // A folder opens, and is no program.
    auto started = ProbeRunner::start("/tmp", milliseconds(1000));
    REQUIRE(started.ok());
    const auto report = started.value()->probe(request("count"));
    REQUIRE_FALSE(report.ok());
    CHECK(report.error().code() == ErrorCode::kUnavailable);
    CHECK(report.error().reason() == "probe_unavailable");
  }

  TEST_CASE("ProbeRunner: errors begin with the plugin that they are about") {
    const auto report = runner()->probe(request("ctorfail"));
    REQUIRE_FALSE(report.ok());
    CHECK(report.error().message().starts_with("plugin 'ctorfail': stage 'create' of the probe"));
  }
}

}  // namespace backplane::host
