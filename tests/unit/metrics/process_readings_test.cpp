#include "host/metrics/process_readings.hpp"

#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "tests/support/metrics_text.hpp"

namespace backplane::host {
namespace {

constexpr std::string_view kStat =
    "4711 (a) b (c)) S 1 4711 4711 0 -1 4194560 9 0 2 0 130 70 0 0 20 0 5 0 98765 123456789 4321 "
    "18446744073709551615 1 1 0 0 0 0 0 4096 0 0 0 0 17 1 0 0 0 0 0\n";

}  // namespace

TEST_SUITE("metrics") {
  TEST_CASE("parse_process_stat: the fields after a name that looks like fields") {
    const auto stat = parse_process_stat(kStat);
    REQUIRE(stat.has_value());
    CHECK(stat->cpu_ticks == 200);
    CHECK(stat->start_ticks == 98765);
    CHECK(stat->virtual_bytes == 123456789);
    CHECK(stat->resident_pages == 4321);
  }

  TEST_CASE("parse_process_stat: what is cut short or is something else is none") {
    CHECK_FALSE(parse_process_stat("").has_value());
    CHECK_FALSE(parse_process_stat("4711 (a) S 1 2 3").has_value());
    CHECK_FALSE(parse_process_stat(kStat.substr(0, kStat.find(" 4321"))).has_value());
    CHECK_FALSE(parse_process_stat("no brackets at all").has_value());
  }

  TEST_CASE("parse_boot_time: found on its own line only") {
    CHECK(parse_boot_time("cpu 1 2\nbtime 1700000000\nprocesses 5\n") == 1'700'000'000);
    CHECK(parse_boot_time("btime 12\n") == 12);
    CHECK_FALSE(parse_boot_time("xbtime 12\n").has_value());
    CHECK_FALSE(parse_boot_time("btime x\n").has_value());
  }

  TEST_CASE("write_process_metrics: this process has memory, descriptors and a start") {
    MetricsPage page;
    write_process_metrics(page);
    const MetricsText text(page.text());
    CHECK(text.errors() == std::vector<std::string>{});
    CHECK(text.value("process_resident_memory_bytes").value_or(0) > 1e5);
    CHECK(text.value("process_open_fds").value_or(0) >= 3);
    CHECK(text.value("process_start_time_seconds").value_or(0) > 1.5e9);
    CHECK(text.value("process_cpu_seconds_total").has_value());
  }
}

}  // namespace backplane::host
