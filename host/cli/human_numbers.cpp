#include "host/cli/human_numbers.hpp"

#include <array>
#include <charconv>

namespace backplane::host {
namespace {

// Three digits are what people compare.
std::string three_digits(double number) {
  const int behind = number < 9.995 ? 2 : number < 99.95 ? 1 : 0;
  std::array<char, 32> text;
  const auto end = std::to_chars(text.data(), text.data() + text.size(), number,
                                 std::chars_format::fixed, behind);
  return {text.data(), end.ptr};
}

}  // namespace

std::string human_microseconds(std::int64_t microseconds) {
  if (microseconds < 1000) return std::to_string(microseconds) + " us";
  const auto number = static_cast<double>(microseconds);
  if (microseconds < 999'500) return three_digits(number / 1e3) + " ms";
  return three_digits(number / 1e6) + " s";
}

std::string human_seconds(std::int64_t seconds) {
  constexpr std::int64_t kMinute = 60;
  constexpr std::int64_t kHour = 60 * kMinute;
  constexpr std::int64_t kDay = 24 * kHour;
  const auto two = [](std::int64_t large, const char* unit, std::int64_t small, const char* rest) {
    return std::to_string(large) + unit + std::to_string(small) + rest;
  };
  if (seconds < kMinute) return std::to_string(seconds) + " s";
  if (seconds < kHour) return two(seconds / kMinute, " min ", seconds % kMinute, " s");
  if (seconds < kDay) return two(seconds / kHour, " h ", seconds % kHour / kMinute, " min");
  return two(seconds / kDay, " d ", seconds % kDay / kHour, " h");
}

}  // namespace backplane::host
