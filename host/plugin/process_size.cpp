#include "host/plugin/process_size.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <malloc.h>
#include <string>
#include <system_error>
#include <unistd.h>

namespace backplane::host {
namespace {

std::string read_file(const char* path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

// The second word of /proc/self/statm: resident pages.
std::uint64_t resident_pages() {
  const std::string text = read_file("/proc/self/statm");
  const std::size_t at = std::min(text.find(' '), text.size() - 1) + 1;
  std::uint64_t pages = 0;
  std::from_chars(text.data() + at, text.data() + text.size(), pages);
  return pages;
}

std::uint64_t count_descriptors() {
  std::error_code failure;
  std::filesystem::directory_iterator entry("/proc/self/fd", failure);
  std::uint64_t count = 0;
  for (; !failure && entry != std::filesystem::directory_iterator(); entry.increment(failure)) {
    ++count;
  }
  // One of them reads the directory.
  return count == 0 ? 0 : count - 1;
}

}  // namespace

ProcessSize ProcessSize::now() {
  malloc_trim(0);
  const struct mallinfo2 given = mallinfo2();  // before we allocate ourselves
  const std::string maps = read_file("/proc/self/maps");
  return {.resident = resident_pages() * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE)),
          .heap = given.uordblks + given.hblkhd,
          .mappings = static_cast<std::uint64_t>(std::count(maps.begin(), maps.end(), '\n')),
          .descriptors = count_descriptors()};
}

}  // namespace backplane::host
