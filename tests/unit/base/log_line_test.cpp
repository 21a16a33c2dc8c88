#include "host/base/log_line.hpp"

#include <doctest/doctest.h>

namespace backplane::host {
namespace {

TEST_SUITE("base") {
  TEST_CASE("log_line: what a client sends cannot begin a line of its own") {
    CHECK(log_line("a\r\n2026-01-01 Error: forged") == "a\\x0d\\x0a2026-01-01 Error: forged");
    CHECK(log_line(std::string_view("nul\0!", 5)) == "nul\\x00!");
    CHECK(log_line("\x1b[2J\x7f\t") == "\\x1b[2J\\x7f\\x09");
  }

  TEST_CASE("log_line: words in any language stay as they are") {
    CHECK(log_line("größe 大小 \"x\"") == "größe 大小 \"x\"");
    CHECK(log_line("").empty());
  }

  TEST_CASE("log_fields: a value that is not plain is quoted, and ends where it ends") {
    CHECK(log_fields({}).empty());
    CHECK(log_fields({{"a", "x.y_Z-1"}, {"b", ""}}) == " a=x.y_Z-1 b=\"\"");
    CHECK(log_fields({{"a", "x b=\"y\"\\\n"}}) == " a=\"x b=\\\"y\\\"\\\\\\x0a\"");
  }

  TEST_CASE("log_line: a long message is cut and says so") {
    const std::string whole(kMaxLogMessage, 'a');
    CHECK(log_line(whole) == whole);
    CHECK(log_line(whole + "b") == whole + "…");
  }

  TEST_CASE("log_line: a cut never leaves half a character") {
    const std::string tail = "€€";  // three bytes each
    for (std::size_t before = kMaxLogMessage - 3; before <= kMaxLogMessage; ++before) {
      CAPTURE(before);
      const std::string start(before, 'a');
      const bool first_fits = before + 3 <= kMaxLogMessage;
      CHECK(log_line(start + tail) == start + (first_fits ? "€" : "") + "…");
    }
  }

  TEST_CASE("log_line: bytes that are no UTF-8 are cut as well") {
    const std::string junk(2 * kMaxLogMessage, '\x80');
    CHECK(log_line(junk).size() <= kMaxLogMessage + std::string_view("…").size());
    CHECK(log_line(junk).size() >= kMaxLogMessage - 3);
  }
}

}  // namespace
}  // namespace backplane::host
