#include "host/metrics/metrics_page.hpp"

#include <doctest/doctest.h>

#include "host/metrics/http_metrics.hpp"
#include "tests/support/metrics_text.hpp"

namespace backplane::host {
namespace {

using std::chrono::microseconds;
using Errors = std::vector<std::string>;

constexpr MetricName kThings{"things_total", "Things."};
constexpr MetricName kLevel{"level", "A level."};
constexpr MetricName kTime{"time_seconds", "A time."};
constexpr MetricName kSize{"size", "A size."};

double dropped(const MetricsText& text) {
  return text.value("backplane_metrics_dropped_series").value_or(-1);
}

}  // namespace

TEST_SUITE("metrics") {
  TEST_CASE("MetricsPage: T109: help and type once, labels sorted and escaped, rules kept") {
    MetricsPage page;
    page.counter(kThings, {{"zone", "b"}, {"area", "quote \" slash \\ line \n end"}}, 3);
    page.gauge(kLevel, {}, 0.5);
    page.counter(kThings, {{"zone", "c"}, {"area", "caf\xc3\xa9"}}, 4);
    LatencyHistogram times;
    for (int us = 0; us < 5000; us += 7) times.record(microseconds(us));
    times.record(std::chrono::hours(1));
    page.histogram(kTime, {{"zone", "b"}}, times.read());
    page.histogram(kTime, {{"zone", "c"}}, LatencySummary{});
    SizeHistogram sizes;
    for (const std::uint64_t size : {1U, 2U, 3U, 1024U, 5000U}) sizes.record(size);
    page.histogram(kSize, {}, sizes.read());

    const std::string written = page.text();
    const MetricsText text(written);
    CHECK(text.errors() == Errors{});
    CHECK(text.value("things_total", {{"area", "quote \" slash \\ line \n end"}, {"zone", "b"}}) ==
          3.0);
    CHECK(text.value("things_total", {{"area", "caf\xc3\xa9"}, {"zone", "c"}}) == 4.0);
    CHECK(written.find("# HELP things_total Things.\n# TYPE things_total counter\n") !=
          std::string::npos);
    CHECK(text.value("level") == 0.5);
    CHECK(text.value("time_seconds_count", {{"zone", "b"}}) == 716.0);
    CHECK(text.value("time_seconds_bucket", {{"le", "+Inf"}, {"zone", "c"}}) == 0.0);
    CHECK(text.value("size_sum") == 6030.0);
    CHECK(text.value("size_bucket", {{"le", "1"}}) == 1.0);
    CHECK(text.value("size_bucket", {{"le", "4"}}) == 3.0);
    CHECK(text.value("size_bucket", {{"le", "1024"}}) == 4.0);
    CHECK(text.value("size_bucket", {{"le", "+Inf"}}) == 5.0);
    CHECK(dropped(text) == 0);
  }

  TEST_CASE("MetricsPage: buckets of somebody else's choice, and a family of one kind") {
    MetricsPage page;
    page.histogram(kSize, {}, BucketSummary{.bounds = {0.5, 20}, .counts = {1, 0, 2}, .sum = 99});
    page.gauge(kSize, {}, 1);
    page.counter(kSize, {}, 1);
    page.gauge(kLevel, {}, 1);
    page.histogram(kLevel, {}, BucketSummary{.bounds = {1}, .counts = {0, 0}, .sum = 0});
    const MetricsText text(page.text());
    CHECK(text.errors() == Errors{});
    CHECK(text.value("size_bucket", {{"le", "0.5"}}) == 1.0);
    CHECK(text.value("size_bucket", {{"le", "20"}}) == 1.0);
    CHECK(text.value("size_count") == 3.0);
    CHECK(text.value("size_sum") == 99.0);
    CHECK(text.value("level") == 1.0);
    CHECK(dropped(text) == 6);
  }

  TEST_CASE("MetricsPage: a duration is in the first bucket whose bound it does not exceed") {
    LatencyHistogram times;
    times.record(microseconds(7));
    times.record(microseconds(8));
    times.record(microseconds(1'000'000));
    MetricsPage page;
    page.histogram(kTime, {}, times.read());
    const MetricsText text(page.text());
    CHECK(text.value("time_seconds_bucket", {{"le", "8e-06"}}) == 1.0);
    CHECK(text.value("time_seconds_bucket", {{"le", "1.6e-05"}}) == 2.0);
    CHECK(text.value("time_seconds_bucket", {{"le", "0.524288"}}) == 2.0);
    CHECK(text.value("time_seconds_bucket", {{"le", "1.048576"}}) == 3.0);
    CHECK(text.value("time_seconds_bucket", {{"le", "67.108864"}}) == 3.0);
    CHECK(text.value("time_seconds_sum") == doctest::Approx(1.000015));
  }

  TEST_CASE("MetricsPage: row 107: beyond the cap series are dropped and counted") {
    MetricsPage page(100);
    page.gauge(kLevel, {}, 1);
    for (int i = 0; i < 90; ++i) page.counter(kThings, {{"i", std::to_string(i)}}, 1);
    // 27 lines, where 8 are left: dropped whole; what is smaller still fits.
    page.histogram(kTime, {}, LatencySummary{});
    for (int i = 90; i < 200; ++i) page.counter(kThings, {{"i", std::to_string(i)}}, 1);
    const MetricsText text(page.text());
    CHECK(text.errors() == Errors{});
    CHECK(text.series() == 100);
    CHECK(text.value("level") == 1.0);
    CHECK_FALSE(text.has_family("time_seconds"));
    CHECK(text.sum("things_total") == 98);
    CHECK(dropped(text) == 27 + 102);
  }

  TEST_CASE("write_http_metrics: every count of a listener has its series, in either listener") {
    HttpCounters counters;
    counters.accepted.add(2);
    counters.parse_errors[static_cast<std::size_t>(HttpFault::kChunk)].add(3);
    counters.timeouts[static_cast<std::size_t>(HttpPhase::kHead)].add(4);
    counters.connections[static_cast<std::size_t>(HttpPhase::kIdle)].add(5);
    counters.rejected[413].add(6);
    counters.accept_errors_no_descriptor.add(7);
    counters.connections_evicted.add(8);
    HttpTotals totals;
    counters.add_to(totals);
    MetricsPage page;
    write_http_metrics("data", totals, page);
    write_http_metrics("admin", HttpTotals{}, page);
    const MetricsText text(page.text());
    CHECK(text.errors() == Errors{});
    const auto value = [&text](const char* name, const char* label, const char* word) {
      return text.value(name, {{"listener", "data"}, {label, word}});
    };
    CHECK(text.value("backplane_http_accepted_total", {{"listener", "data"}}) == 2.0);
    CHECK(text.value("backplane_http_accepted_total", {{"listener", "admin"}}) == 0.0);
    CHECK(value("backplane_http_parse_errors_total", "reason", "chunk") == 3.0);
    CHECK(value("backplane_http_timeouts_total", "phase", "head") == 4.0);
    CHECK(value("backplane_http_connections", "state", "idle") == 5.0);
    CHECK(value("backplane_http_rejected_total", "status", "413") == 6.0);
    CHECK(value("backplane_http_accept_errors_total", "error", "no_descriptor") == 7.0);
    CHECK(text.value("backplane_http_connections_evicted_total", {{"listener", "data"}}) == 8.0);
  }
}

TEST_SUITE("MetricsText") {
  TEST_CASE("MetricsText: it sees each rule that is broken") {
    const std::string good = "# HELP a_total A.\n# TYPE a_total counter\na_total{x=\"1\"} 1\n";
    CHECK(MetricsText(good).errors() == Errors{});
    const std::string histogram =
        "# HELP h H.\n# TYPE h histogram\nh_count 2\nh_sum 3\nh_bucket{le=\"1\"} 1\n"
        "h_bucket{le=\"+Inf\"} 2\n";
    CHECK(MetricsText(histogram).errors() == Errors{});
    const auto replaced = [](std::string text, std::string_view what, std::string_view by) {
      const std::size_t place = text.find(what);
      REQUIRE(place != std::string::npos);
      return text.replace(place, what.size(), by);
    };
    for (const std::string& bad : {
             good + good,
             good + "a_total{x=\"1\"} 2\n",
             good + "b_total 2\n",
             good + "a_total{x=\"2\",b=\"1\"} 2\n",
             good + "a_total{x=\"\\t\"} 2\n",
             good + "a_total{x=\"2} 2\n",
             good + "a_total{x=\"2\"} two\n",
             good + "a_total{x=\"2\"} 2",
             good + "# a remark\n",
             replaced(good, "counter", "gauge"),
             replaced(good, "# HELP a_total A.\n", ""),
             replaced(histogram, "h_count 2", "h_count 3"),
             replaced(histogram, "h_sum 3\n", ""),
             replaced(histogram, "le=\"+Inf\"} 2", "le=\"+Inf\"} 0"),
             replaced(histogram, "le=\"+Inf\"", "le=\"0.5\""),
             replaced(histogram, "le=\"+Inf\"", "le=\"2\""),
         }) {
      CAPTURE(bad);
      CHECK_FALSE(MetricsText(bad).errors().empty());
    }
  }
}

}  // namespace backplane::host
