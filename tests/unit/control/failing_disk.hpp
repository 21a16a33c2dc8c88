#pragma once

#include <cstddef>
#include <sqlite3.h>

namespace backplane::host {

// The disk under every SQLite database that is opened while this object lives: it can be told to
// fail at one of the calls that change a file. Owned by a test case, one at a time; its thread.
class FailingDisk {
 public:
  FailingDisk();
  ~FailingDisk();
  FailingDisk(const FailingDisk&) = delete;
  FailingDisk& operator=(const FailingDisk&) = delete;

  // The `at`-th write, sync or truncation from now on, counted from 0, is answered with `code` and
  // does nothing. Every other one succeeds.
  void fail(std::size_t at, int code);
  // Syncs succeed and do nothing: for tests of many transactions, in which no power is lost.
  void skip_syncs();
  // Whether fail() has come to pass.
  bool failed() const;

 private:
  sqlite3_vfs disk_;
};

}  // namespace backplane::host
