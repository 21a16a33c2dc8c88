#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "host/metrics/metrics_page.hpp"

namespace backplane::host {

// What the kernel counts for this process, as /proc/self/stat says it.
struct ProcessStat {
  std::uint64_t cpu_ticks = 0;    // user and system
  std::uint64_t start_ticks = 0;  // after the machine's boot
  std::uint64_t virtual_bytes = 0;
  std::uint64_t resident_pages = 0;
};

// The text of /proc/<pid>/stat; none when it is not one. Pure.
std::optional<ProcessStat> parse_process_stat(std::string_view text);
// When the machine booted, in seconds since 1970, from the text of /proc/stat. Pure.
std::optional<std::uint64_t> parse_boot_time(std::string_view text);

// [any] Adds what /proc says of this process to `page`: process_…, the names that every exporter
// uses. What cannot be read is left out.
void write_process_metrics(MetricsPage& page);

}  // namespace backplane::host
