#include "host/metrics/process_readings.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <system_error>
#include <unistd.h>

namespace backplane::host {
namespace {

constexpr MetricName kCpu{"process_cpu_seconds_total", "User and system CPU time, in seconds."};
constexpr MetricName kStart{"process_start_time_seconds",
                            "When the process started, in seconds since 1970."};
constexpr MetricName kVirtual{"process_virtual_memory_bytes", "Virtual memory, in bytes."};
constexpr MetricName kResident{"process_resident_memory_bytes", "Resident memory, in bytes."};
constexpr MetricName kDescriptors{"process_open_fds", "Open file descriptors."};

// Takes the next word off the front of `text`.
std::string_view take_word(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \n"), text.size()));
  const std::string_view word = text.substr(0, text.find_first_of(" \n"));
  text.remove_prefix(word.size());
  return word;
}

std::optional<std::uint64_t> number(std::string_view word) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (word.empty() || error != std::errc() || end != word.data() + word.size()) return std::nullopt;
  return value;
}

std::string read_file(const char* path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::optional<std::uint64_t> count_descriptors() {
  std::error_code failure;
  std::filesystem::directory_iterator entry("/proc/self/fd", failure);
  std::uint64_t count = 0;
  for (; !failure && entry != std::filesystem::directory_iterator(); entry.increment(failure)) {
    ++count;
  }
  // One of them reads the directory.
  if (failure || count == 0) return std::nullopt;
  return count - 1;
}

}  // namespace

std::optional<ProcessStat> parse_process_stat(std::string_view text) {
  // The second field is the program's name in brackets, and may hold anything, brackets too.
  const std::size_t name_end = text.rfind(')');
  if (name_end == std::string_view::npos) return std::nullopt;
  text.remove_prefix(name_end + 1);
  ProcessStat stat;
  for (int field = 3; field <= 24; ++field) {
    const auto value = number(take_word(text));
    const bool wanted = field == 14 || field == 15 || field >= 22;
    if (!wanted) continue;
    if (!value) return std::nullopt;
    if (field == 14 || field == 15) stat.cpu_ticks += *value;
    if (field == 22) stat.start_ticks = *value;
    if (field == 23) stat.virtual_bytes = *value;
    if (field == 24) stat.resident_pages = *value;
  }
  return stat;
}

std::optional<std::uint64_t> parse_boot_time(std::string_view text) {
  constexpr std::string_view kKey = "btime ";
  std::size_t place = text.starts_with(kKey) ? 0 : text.find("\nbtime ");
  if (place == std::string_view::npos) return std::nullopt;
  if (place > 0) ++place;
  text.remove_prefix(place + kKey.size());
  return number(take_word(text));
}

void write_process_metrics(MetricsPage& page) {
  const auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
  if (const auto stat = parse_process_stat(read_file("/proc/self/stat"))) {
    page.counter_seconds(kCpu, {}, static_cast<double>(stat->cpu_ticks) / ticks);
    page.gauge(kVirtual, {}, static_cast<double>(stat->virtual_bytes));
    page.gauge(
        kResident, {},
        static_cast<double>(stat->resident_pages) * static_cast<double>(::sysconf(_SC_PAGESIZE)));
    if (const auto boot = parse_boot_time(read_file("/proc/stat"))) {
      page.gauge(kStart, {},
                 static_cast<double>(*boot) + static_cast<double>(stat->start_ticks) / ticks);
    }
  }
  if (const auto open = count_descriptors()) {
    page.gauge(kDescriptors, {}, static_cast<double>(*open));
  }
}

}  // namespace backplane::host
