#include "host/http/http_date.hpp"

#include <ctime>

namespace backplane::host {
namespace {

constexpr std::array<std::string_view, 7> kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

void put_word(char* at, std::string_view word) {
  for (const char c : word) *at++ = c;
}

void put_number(char* at, int number, int digits) {
  for (int i = digits - 1; i >= 0; --i) {
    at[i] = static_cast<char>('0' + number % 10);
    number /= 10;
  }
}

}  // namespace

void HttpDate::refresh(std::int64_t unix_seconds) {
  if (unix_seconds == formatted_) return;
  const std::time_t seconds = unix_seconds;
  std::tm parts{};
  if (gmtime_r(&seconds, &parts) == nullptr) return;
  formatted_ = unix_seconds;
  // By hand and not by strftime, whose names follow the locale.
  char* text = text_.data();
  put_word(text, kDays[static_cast<std::size_t>(parts.tm_wday)]);
  put_number(text + 5, parts.tm_mday, 2);
  put_word(text + 8, kMonths[static_cast<std::size_t>(parts.tm_mon)]);
  put_number(text + 12, parts.tm_year + 1900, 4);
  put_number(text + 17, parts.tm_hour, 2);
  put_number(text + 20, parts.tm_min, 2);
  put_number(text + 23, parts.tm_sec, 2);
}

}  // namespace backplane::host
