#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace backplane::host {

// The Date of answers (IMF-fixdate, RFC 9110 5.6.7), kept as text so that no request formats it.
// Owned by an IoThread, which refreshes it with every tick; that io thread.
class HttpDate {
 public:
  // [io] `unix_seconds` is the wall clock's; formats only when it has moved.
  void refresh(std::int64_t unix_seconds);
  std::string_view text() const { return {text_.data(), kSize}; }

 private:
  static constexpr std::size_t kSize = 29;
  std::int64_t formatted_ = -1;
  std::array<char, kSize + 1> text_{"Thu, 01 Jan 1970 00:00:00 GMT"};
};

}  // namespace backplane::host
