#include "host/plugin/watched_files.hpp"

#include <string>

#include <doctest/doctest.h>

namespace backplane::host {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kSettle{200};

TimePoint at(int ms) {
  return TimePoint{} + milliseconds(1'000'000 + ms);
}

// A state of a file; every number is another one.
FileIdentity state(ino_t number) {
  return {.device = 1, .inode = number, .size = 100, .modified_ns = 1, .changed_ns = 1};
}

// The names that have settled, one after the other, and "-name" for those removed.
std::string told(const WatchVerdict& verdict) {
  std::string text;
  for (const SettledFile& file : verdict.settled) text += file.file + " ";
  for (const std::string& file : verdict.removed) text += "-" + file + " ";
  return text;
}

// Has looked at a.so, which is settled in state 1, at 0 and 1000.
WatchedFiles watched() {
  WatchedFiles files(kSettle);
  files.look({{"a.so", state(1)}}, at(0));
  REQUIRE(told(files.look({{"a.so", state(1)}}, at(1000))) == "a.so ");
  REQUIRE(files.next_look() == kNever);
  return files;
}

}  // namespace

TEST_SUITE("plugin") {
  TEST_CASE("WatchedFiles: what is there at the first look settles when it has been quiet, once") {
    WatchedFiles files(kSettle);
    CHECK(files.next_look() == kNever);
    CHECK(told(files.look({{"a.so", state(1)}}, at(0))).empty());
    CHECK(files.next_look() == at(1000));
    CHECK(told(files.look({{"a.so", state(1)}}, at(999))).empty());
    const WatchVerdict verdict = files.look({{"a.so", state(1)}}, at(1000));
    REQUIRE(told(verdict) == "a.so ");
    CHECK(verdict.settled[0].identity == state(1));
    CHECK(verdict.settled[0].at_start);
    CHECK(files.next_look() == kNever);
    CHECK(told(files.look({{"a.so", state(1)}}, at(9000))).empty());
  }

  TEST_CASE("WatchedFiles: what changes before it has settled has not been there at the start") {
    WatchedFiles files(kSettle);
    files.look({{"a.so", state(1)}}, at(0));
    files.look({{"a.so", state(2)}}, at(500));
    CHECK(told(files.look({{"a.so", state(2)}}, at(1000))).empty());
    const WatchVerdict verdict = files.look({{"a.so", state(2)}}, at(1500));
    REQUIRE(told(verdict) == "a.so ");
    CHECK_FALSE(verdict.settled[0].at_start);
  }

  TEST_CASE("row 67: a file that is renamed into place settles soon") {
    WatchedFiles files = watched();
    files.note("a.so", FileEvent::kRenamed, at(2000));
    CHECK(files.next_look() == at(2200));
    CHECK(told(files.look({{"a.so", state(2)}}, at(2100))).empty());
    CHECK(files.next_look() == at(2200));
    CHECK(told(files.look({{"a.so", state(2)}}, at(2200))) == "a.so ");
    CHECK(files.next_look() == kNever);
  }

  TEST_CASE("row 67: a storm of renames settles once it is over, and does not wait for ever") {
    WatchedFiles files = watched();
    for (int i = 0; i < 9; ++i) files.note("a.so", FileEvent::kRenamed, at(2000 + 100 * i));
    CHECK(files.next_look() == at(3000));
    CHECK(told(files.look({{"a.so", state(9)}}, at(2999))).empty());
    CHECK(told(files.look({{"a.so", state(9)}}, at(3000))) == "a.so ");
    files.note("a.so", FileEvent::kRenamed, at(3010));
    files.note("a.so", FileEvent::kRenamed, at(3100));
    CHECK(files.next_look() == at(3300));
    CHECK(told(files.look({{"a.so", state(11)}}, at(3300))) == "a.so ");
  }

  TEST_CASE("row 67: a file that is written in place settles when it has been quiet") {
    WatchedFiles files = watched();
    files.note("a.so", FileEvent::kTouched, at(2000));
    CHECK(files.next_look() == at(2200));
    for (int i = 0; i < 20; ++i) {
      const TimePoint now = at(2200 + 200 * i);
      CHECK(told(files.look({{"a.so", state(static_cast<ino_t>(10 + i))}}, now)).empty());
      files.note("a.so", FileEvent::kTouched, now);
      CHECK(files.next_look() == now + kSettle);
    }
    CHECK(told(files.look({{"a.so", state(29)}}, at(6999))).empty());
    CHECK(files.next_look() == at(7000));
    CHECK(told(files.look({{"a.so", state(29)}}, at(7000))) == "a.so ");
  }

  TEST_CASE(
      "row 67: what is written after it was renamed is not finished, and the other way round") {
    WatchedFiles files = watched();
    files.note("a.so", FileEvent::kRenamed, at(2000));
    files.note("a.so", FileEvent::kTouched, at(2050));
    CHECK(told(files.look({{"a.so", state(2)}}, at(2300))).empty());
    CHECK(files.next_look() == at(3300));
    files.note("a.so", FileEvent::kTouched, at(2400));
    files.note("a.so", FileEvent::kRenamed, at(2500));
    CHECK(files.next_look() == at(2700));
    CHECK(told(files.look({{"a.so", state(3)}}, at(2700))) == "a.so ");
  }

  TEST_CASE("row 67: without any event all is found, a little later") {
    WatchedFiles files = watched();
    CHECK(told(files.look({{"a.so", state(2)}, {"b.so", state(3)}}, at(4000))).empty());
    CHECK(files.next_look() == at(5000));
    CHECK(told(files.look({{"a.so", state(2)}, {"b.so", state(3)}}, at(5000))) == "a.so b.so ");
    // An event that comes late says no more than was seen.
    files.note("a.so", FileEvent::kRenamed, at(5100));
    CHECK(told(files.look({{"a.so", state(2)}, {"b.so", state(3)}}, at(5300))).empty());
    CHECK(files.next_look() == kNever);
  }

  TEST_CASE("row 67: an event that comes after the look makes a renamed file settle sooner") {
    WatchedFiles files = watched();
    files.look({{"a.so", state(2)}}, at(2000));
    CHECK(files.next_look() == at(3000));
    files.note("a.so", FileEvent::kRenamed, at(2001));
    CHECK(files.next_look() == at(2201));
    CHECK(told(files.look({{"a.so", state(2)}}, at(2201))) == "a.so ");
  }

  TEST_CASE("WatchedFiles: a file is gone when it has not come back for a while") {
    WatchedFiles files = watched();
    files.note("a.so", FileEvent::kTouched, at(2000));
    CHECK(told(files.look({}, at(2200))).empty());
    CHECK(files.next_look() == at(2400));
    CHECK(told(files.look({}, at(2400))) == "-a.so ");
    CHECK(files.next_look() == kNever);
    CHECK(told(files.look({}, at(9000))).empty());
    // And is new when it comes back after all.
    files.note("a.so", FileEvent::kRenamed, at(9100));
    CHECK(told(files.look({{"a.so", state(1)}}, at(9300))) == "a.so ");
  }

  TEST_CASE("WatchedFiles: what makes room for its successor is not gone") {
    WatchedFiles files = watched();
    files.look({}, at(2000));
    CHECK(told(files.look({{"a.so", state(2)}}, at(2100))).empty());
    CHECK(files.next_look() == at(3100));
    files.look({}, at(3000));
    // The very same one again is no news.
    WatchedFiles others = watched();
    others.look({}, at(2000));
    CHECK(told(others.look({{"a.so", state(1)}}, at(2100))).empty());
    CHECK(others.next_look() == kNever);
  }

  TEST_CASE("WatchedFiles: what comes and goes before it has settled is not mentioned") {
    WatchedFiles files = watched();
    files.note("b.so", FileEvent::kRenamed, at(2000));
    CHECK(told(files.look({{"a.so", state(1)}}, at(2200))).empty());
    CHECK(files.next_look() == kNever);
    files.note("b.so", FileEvent::kRenamed, at(3000));
    files.look({{"a.so", state(1)}, {"b.so", state(2)}}, at(3100));
    files.look({{"a.so", state(1)}}, at(3200));
    CHECK(files.next_look() == at(3400));
    CHECK(told(files.look({{"a.so", state(1)}}, at(3400))).empty());
    CHECK(files.next_look() == kNever);
  }
}

}  // namespace backplane::host
