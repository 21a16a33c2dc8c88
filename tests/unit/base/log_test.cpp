#include "host/base/log.hpp"

#include <algorithm>
#include <iostream>
#include <sstream>
#include <string>

#include <doctest/doctest.h>

namespace backplane::host {
namespace {

// Sends std::cerr into a string for a scope.
class CapturedStderr {
 public:
  CapturedStderr() : former_(std::cerr.rdbuf(text_.rdbuf())) {}
  ~CapturedStderr() { std::cerr.rdbuf(former_); }
  CapturedStderr(const CapturedStderr&) = delete;
  CapturedStderr& operator=(const CapturedStderr&) = delete;

  std::string text() const { return text_.str(); }

 private:
  std::ostringstream text_;
  std::streambuf* former_;
};

TEST_SUITE("base") {
  TEST_CASE("log: between start and stop each event of its level or above is one line") {
    const CapturedStderr captured;
    log_error("base", "too early");
    start_log(LogLevel::kWarning);
    log_warning("http", "first\nsecond");
    log_info("http", "below the level");
    log(LogLevel::kError, "hits", {{"replica", "1"}}, "third");
    stop_log();
    log_error("base", "too late");

    const std::string text = captured.text();
    CAPTURE(text);
    CHECK(text.find("http: first\\x0asecond\n") != std::string::npos);
    CHECK(text.find(" hits replica=1: third\n") != std::string::npos);
    CHECK(std::count(text.begin(), text.end(), '\n') == 2);
  }
}

}  // namespace
}  // namespace backplane::host
