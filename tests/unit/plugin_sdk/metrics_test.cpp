#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include <backplane/context.hpp>
#include <backplane/metrics.hpp>
#include <backplane/testing.hpp>

using backplane::Context;
using backplane::Counter;
using backplane::Gauge;
using backplane::Histogram;
using backplane::Metrics;
using backplane::TestHost;

TEST_SUITE("plugin_sdk") {
  TEST_CASE("Metrics: series are made by name and labels, and count") {
    TestHost host;
    const Context context(host.services(), {});
    const Metrics metrics = context.metrics();
    const Counter hits = metrics.counter("hits_total", {{"b", "2"}, {"a", "1"}});
    hits.add();
    hits.add(0.5);
    hits.add(-3);
    metrics.counter("hits_total", {{"a", "1"}, {"b", "2"}}).add();
    CHECK(host.metrics().find("hits_total", {{"a", "1"}, {"b", "2"}}).value == 2.5);
    CHECK_FALSE(host.metrics().find("hits_total", {}).exists);
    const Gauge level = metrics.gauge("level");
    level.set(5);
    level.add(-7);
    CHECK(host.metrics().find("level", {}).value == -2);
    const Histogram sizes = metrics.histogram("sizes", {1, 10});
    for (const double value : {0.5, 1.0, 11.0}) sizes.observe(value);
    const auto read = host.metrics().find("sizes", {});
    CHECK(read.value == 12.5);
    CHECK(read.count == 3);
    CHECK(read.buckets == std::vector<std::uint64_t>{2, 0, 1});
  }

  TEST_CASE("Metrics: what breaks a rule does nothing") {
    TestHost host;
    const Metrics metrics(host.services());
    const Counter none;
    none.add();
    CHECK_FALSE(none.exists());
    for (const char* const name : {"hits", "_total ", "backplane_hits_total", "1_total"}) {
      const Counter counter = metrics.counter(name);
      counter.add();
      CHECK_FALSE(counter.exists());
      CHECK_FALSE(host.metrics().find(name, {}).exists);
    }
    CHECK_FALSE(metrics.gauge("x", {{"plugin", "me"}}).exists());
    CHECK_FALSE(metrics.histogram("x", {}).exists());
    CHECK_FALSE(metrics.histogram("x", {2, 1}).exists());
    CHECK(metrics.gauge("x").exists());
    CHECK_FALSE(metrics.histogram("x", {1}).exists());
  }

  TEST_CASE("Metrics: on a host without them, and on one with half of them, nothing happens") {
    TestHost host;
    bp_host older = host.services();
    older.get_extension = [](bp_host_ctx*, const char*) -> const void* { return nullptr; };
    const Metrics none(older);
    CHECK_FALSE(none.counter("hits_total").exists());
    none.counter("hits_total").add();
    none.gauge("level").set(1);
    none.histogram("sizes", {1}).observe(1);
    older.get_extension = [](bp_host_ctx*, const char*) -> const void* {
      static constexpr bp_metrics kShort{
          offsetof(bp_metrics, add), 0, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr};
      return &kShort;
    };
    CHECK_FALSE(Metrics(older).counter("hits_total").exists());
  }

  TEST_CASE("Metrics: threads of a handler may write") {
    TestHost host;
    const Counter hits = Metrics(host.services()).counter("hits_total");
    std::vector<std::thread> threads;
    threads.reserve(3);
    for (int t = 0; t < 3; ++t) {
      threads.emplace_back([hits] {
        for (int i = 0; i < 100; ++i) hits.add();
      });
    }
    for (std::thread& thread : threads) thread.join();
    CHECK(host.metrics().find("hits_total", {}).value == 300);
  }
}
