#include "host/plugin/metric_registry.hpp"

#include <array>
#include <cmath>
#include <latch>
#include <limits>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

namespace backplane::host {
namespace {

using Pair = std::pair<std::string_view, std::string_view>;
using Pairs = std::vector<Pair>;
using Bounds = std::vector<double>;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

std::uint64_t counter(MetricRegistry& registry, std::string_view name, const Pairs& labels = {}) {
  return registry.series({MetricKind::kCounter, name, labels, {}});
}
std::uint64_t gauge(MetricRegistry& registry, std::string_view name, const Pairs& labels = {}) {
  return registry.series({MetricKind::kGauge, name, labels, {}});
}
std::uint64_t histogram(MetricRegistry& registry, std::string_view name, const Bounds& bounds) {
  return registry.series({MetricKind::kHistogram, name, {}, bounds});
}

// What was refused so far, by reason.
std::vector<std::uint64_t> refused(const MetricRegistry& registry) {
  std::vector<std::uint64_t> counts;
  counts.reserve(kSeriesRefusalNames.size());
  for (std::size_t why = 0; why < kSeriesRefusalNames.size(); ++why) {
    counts.push_back(registry.refused(static_cast<SeriesRefusal>(why)));
  }
  return counts;
}
using Counts = std::vector<std::uint64_t>;

}  // namespace

TEST_SUITE("plugin") {
  TEST_CASE("MetricRegistry: a series counts what its kind counts") {
    MetricRegistry registry("p");
    MetricSeries* const hits = registry.find(counter(registry, "hits_total"));
    MetricSeries* const level = registry.find(gauge(registry, "level"));
    MetricSeries* const times = registry.find(histogram(registry, "times", {0.5, 2}));
    REQUIRE((hits != nullptr && level != nullptr && times != nullptr));
    for (MetricSeries* const series : {hits, level, times}) {
      series->add(2);
      series->add(0.5);
      series->set(7);
      series->add(-1);
      for (const double value : {0.5, 0.6, 2.0, 3.0}) series->observe(value);
    }
    for (const double no_number : {-kInfinity, kInfinity, std::nan("")}) {
      hits->add(no_number);
      times->observe(no_number);
    }
    CHECK(hits->value() == 2.5);
    CHECK(level->value() == 6);
    CHECK(times->value() == 6.1);
    CHECK(times->counts() == Counts{1, 2, 1});
  }

  TEST_CASE("MetricRegistry: the same name and labels are the same series, others are not") {
    MetricRegistry registry("p");
    const std::uint64_t first = counter(registry, "hits_total", {{"a", "1"}, {"b", "2"}});
    CHECK(first != 0);
    CHECK(counter(registry, "hits_total", {{"b", "2"}, {"a", "1"}, {"c", ""}}) == first);
    CHECK(counter(registry, "hits_total", {{"a", "1"}}) != first);
    CHECK(counter(registry, "other_total", {{"a", "1"}, {"b", "2"}}) != first);
    registry.find(first)->add(3);
    const auto readings = registry.read();
    REQUIRE(readings.size() == 3);
    CHECK(readings[1].name == "hits_total");
    CHECK(readings[1].labels == SeriesLabels{{"a", "1"}, {"b", "2"}});
    CHECK(readings[1].value == 3);
    CHECK(readings[2].name == "other_total");
  }

  TEST_CASE("MetricRegistry: names and labels are those of the data model") {
    MetricRegistry registry("p");
    const std::string long_name(kMaxMetricName + 1, 'a');
    for (const std::string_view name :
         {std::string_view(), std::string_view("1st"), std::string_view("a-b"),
          std::string_view("a:b"),
          std::string_view("gr\xc3\xb6\xc3\x9f"
                           "e"),
          std::string_view("nul\0", 4), std::string_view("backplane_x"),
          std::string_view("hits_total"), std::string_view(long_name)}) {
      CHECK_MESSAGE(gauge(registry, name) == 0, name);
    }
    CHECK(counter(registry, "hits") == 0);
    CHECK(refused(registry) == Counts{10, 0, 0, 0, 0});
    const std::string long_value(kMaxLabelBytes, 'v');
    const Pairs bad{{"", "v"},           {"1", "v"},  {"a:b", "v"},    {"__x", "v"},
                    {"plugin", "other"}, {"le", "1"}, {"bad", "\xff"}, {"long", long_value}};
    for (const Pair& label : bad) CHECK_MESSAGE(gauge(registry, "x", {label}) == 0, label.first);
    CHECK(gauge(registry, "x", {{"a", "1"}, {"a", "2"}}) == 0);
    std::vector<std::string> names;
    for (std::size_t i = 0; i <= kMaxSeriesLabels; ++i) names.push_back("l" + std::to_string(i));
    Pairs many;
    for (const std::string& name : names) many.emplace_back(name, "v");
    CHECK(gauge(registry, "x", many) == 0);
    CHECK(refused(registry) == Counts{10, 10, 0, 0, 0});
    many.pop_back();
    CHECK(gauge(registry, "x", many) != 0);
    CHECK(gauge(registry, "x", {{"text", "any \" \\ \n caf\xc3\xa9"}}) != 0);
  }

  TEST_CASE("MetricRegistry: a histogram has bounds that ascend") {
    MetricRegistry registry("p");
    for (const Bounds& bounds : {Bounds{}, Bounds{2, 1}, Bounds{1, 1}, Bounds{1, kInfinity},
                                 Bounds{std::nan("")}, Bounds(kMaxBounds + 1, 1.0)}) {
      CHECK(histogram(registry, "x", bounds) == 0);
    }
    CHECK(refused(registry) == Counts{0, 0, 6, 0, 0});
  }

  TEST_CASE("MetricRegistry: a name keeps its kind and its bounds, and the names it stands with") {
    MetricRegistry registry("p");
    CHECK(gauge(registry, "x") != 0);
    CHECK(histogram(registry, "x", {1}) == 0);
    CHECK(histogram(registry, "h", {1, 2}) != 0);
    CHECK(histogram(registry, "h", {1, 3}) == 0);
    CHECK(histogram(registry, "h", {1}) == 0);
    CHECK(gauge(registry, "h") == 0);
    CHECK(gauge(registry, "h_count") == 0);
    CHECK(gauge(registry, "x_sum") != 0);
    CHECK(histogram(registry, "y", {1}) != 0);
    CHECK(gauge(registry, "z_bucket") != 0);
    CHECK(histogram(registry, "z", {1}) == 0);
    CHECK(refused(registry) == Counts{0, 0, 0, 6, 0});
    CHECK(histogram(registry, "h", {1, 2}) != 0);
  }

  TEST_CASE("MetricRegistry: full, it takes no new series and knows the old ones") {
    MetricRegistry registry("p");
    const std::uint64_t first = histogram(registry, "h", {1, 2});  // five lines
    for (std::size_t i = 5; i < MetricRegistry::kMaxLines - 1; ++i) {
      REQUIRE(gauge(registry, "x", {{"i", std::to_string(i)}}) != 0);
    }
    CHECK(histogram(registry, "i", {1}) == 0);
    CHECK(gauge(registry, "last") != 0);
    CHECK(gauge(registry, "one_more") == 0);
    CHECK(histogram(registry, "h", {1, 2}) == first);
    CHECK(refused(registry) == Counts{0, 0, 0, 0, 2});
    CHECK(registry.read().size() == MetricRegistry::kMaxLines - 4);
  }

  TEST_CASE("MetricRegistry: what is no handle leads nowhere") {
    MetricRegistry registry("p");
    const std::uint64_t only = gauge(registry, "x");
    CHECK(registry.find(only) != nullptr);
    for (const std::uint64_t handle : {std::uint64_t{0}, only + 1, std::uint64_t{1'000},
                                       std::uint64_t{1'001}, ~std::uint64_t{0}}) {
      CHECK(registry.find(handle) == nullptr);
    }
  }

  TEST_CASE("MetricSeries: threads that write one series at once lose nothing") {
    constexpr std::ptrdiff_t kThreads = 4;
    constexpr int kRounds = 20'000;
    MetricSeries gauge(MetricKind::kGauge, {});
    const std::array<double, 1> bounds{1};
    MetricSeries histogram(MetricKind::kHistogram, bounds);
    std::latch start(kThreads);
    std::vector<std::thread> threads;
    threads.reserve(kThreads);
    for (std::ptrdiff_t t = 0; t < kThreads; ++t) {
      threads.emplace_back([&] {
        start.arrive_and_wait();
        for (int i = 0; i < kRounds; ++i) {
          gauge.add(0.5);
          histogram.observe(2);
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    CHECK(gauge.value() == kThreads * kRounds / 2);
    CHECK(histogram.value() == kThreads * kRounds * 2);
    CHECK(histogram.counts() == Counts{0, kThreads * kRounds});
  }

  TEST_CASE("MetricRegistry: threads make and write the same series, and lose nothing") {
    MetricRegistry registry("p");
    constexpr std::uint64_t kThreads = 4;
    constexpr std::uint64_t kRounds = 500;
    std::vector<std::thread> threads;
    threads.reserve(kThreads);
    for (std::uint64_t t = 0; t < kThreads; ++t) {
      threads.emplace_back([&registry] {
        for (std::uint64_t i = 0; i < kRounds; ++i) {
          const std::string label = std::to_string(i % 50);
          registry.find(counter(registry, "hits_total", {{"i", label}}))->add(0.5);
          registry.find(histogram(registry, "h", {1}))->observe(static_cast<double>(i % 2));
          if (i % 100 == 0) CHECK_FALSE(registry.read().empty());
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    double hits = 0;
    for (const SeriesReading& reading : registry.read()) {
      if (reading.kind == MetricKind::kCounter) hits += reading.value;
      if (reading.kind == MetricKind::kHistogram) {
        CHECK(reading.counts == Counts{kThreads * kRounds, 0});
        CHECK(reading.value == kThreads * kRounds / 2);
      }
    }
    CHECK(hits == kThreads * kRounds / 2);
  }
}

}  // namespace backplane::host
