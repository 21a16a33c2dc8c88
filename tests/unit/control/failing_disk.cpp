#include "tests/unit/control/failing_disk.hpp"

#include <cstdint>

#include <doctest/doctest.h>

namespace backplane::host {
namespace {

// SQLite calls plain functions; this is what they share. Tests have one disk at a time.
sqlite3_vfs* real_disk = nullptr;
std::size_t calls = 0;
std::size_t fail_at = SIZE_MAX;
int fail_with = SQLITE_OK;
bool syncs_skipped = false;

int next_call() {
  return calls++ == fail_at ? fail_with : SQLITE_OK;
}

// The true file lies behind ours in the memory that SQLite gives.
struct File {
  sqlite3_file base;
};

sqlite3_file* real(sqlite3_file* file) {
  return reinterpret_cast<sqlite3_file*>(reinterpret_cast<File*>(file) + 1);
}

int close_file(sqlite3_file* file) {
  return real(file)->pMethods->xClose(real(file));
}
int read_file(sqlite3_file* file, void* to, int size, sqlite3_int64 at) {
  return real(file)->pMethods->xRead(real(file), to, size, at);
}
int write_file(sqlite3_file* file, const void* from, int size, sqlite3_int64 at) {
  const int refused = next_call();
  return refused != SQLITE_OK ? refused : real(file)->pMethods->xWrite(real(file), from, size, at);
}
int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
  const int refused = next_call();
  return refused != SQLITE_OK ? refused : real(file)->pMethods->xTruncate(real(file), size);
}
int sync_file(sqlite3_file* file, int flags) {
  const int refused = next_call();
  if (refused != SQLITE_OK || syncs_skipped) return refused;
  return real(file)->pMethods->xSync(real(file), flags);
}
int size_of_file(sqlite3_file* file, sqlite3_int64* size) {
  return real(file)->pMethods->xFileSize(real(file), size);
}
int lock_file(sqlite3_file* file, int level) {
  return real(file)->pMethods->xLock(real(file), level);
}
int unlock_file(sqlite3_file* file, int level) {
  return real(file)->pMethods->xUnlock(real(file), level);
}
int check_lock(sqlite3_file* file, int* held) {
  return real(file)->pMethods->xCheckReservedLock(real(file), held);
}
int control_file(sqlite3_file* file, int operation, void* argument) {
  return real(file)->pMethods->xFileControl(real(file), operation, argument);
}
int sector_size(sqlite3_file* file) {
  return real(file)->pMethods->xSectorSize(real(file));
}
int characteristics(sqlite3_file* file) {
  return real(file)->pMethods->xDeviceCharacteristics(real(file));
}

// Version 1: no shared memory, which a database held by one process does not need.
constexpr sqlite3_io_methods kMethods = {
    1,         close_file,  read_file,  write_file,   truncate_file, sync_file,       size_of_file,
    lock_file, unlock_file, check_lock, control_file, sector_size,   characteristics, nullptr,
    nullptr,   nullptr,     nullptr,    nullptr,      nullptr};

int open_file(sqlite3_vfs* /*disk*/, const char* name, sqlite3_file* file, int flags, int* got) {
  const int opened = real_disk->xOpen(real_disk, name, real(file), flags, got);
  file->pMethods = real(file)->pMethods == nullptr ? nullptr : &kMethods;
  return opened;
}

}  // namespace

FailingDisk::FailingDisk() : disk_(*sqlite3_vfs_find(nullptr)) {
  real_disk = sqlite3_vfs_find(nullptr);
  calls = 0;
  fail_at = SIZE_MAX;
  syncs_skipped = false;
  disk_.zName = "failing";
  disk_.szOsFile += static_cast<int>(sizeof(File));
  disk_.xOpen = open_file;
  REQUIRE(sqlite3_vfs_register(&disk_, 1) == SQLITE_OK);
}

FailingDisk::~FailingDisk() {
  sqlite3_vfs_unregister(&disk_);
  sqlite3_vfs_register(real_disk, 1);
}

void FailingDisk::fail(std::size_t at, int code) {
  calls = 0;
  fail_at = at;
  fail_with = code;
}

void FailingDisk::skip_syncs() {
  syncs_skipped = true;
}

bool FailingDisk::failed() const {
  return calls > fail_at;
}

}  // namespace backplane::host
