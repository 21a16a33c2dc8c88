#include "host/plugin/read_lease.hpp"

#include <cerrno>
#include <fcntl.h>
#include <string>

#include <doctest/doctest.h>

#include "host/plugin/file_descriptor.hpp"
#include "tests/unit/plugin/temporary_directory.hpp"

namespace backplane::host {
namespace {

FileDescriptor opened(const std::string& file, int how) {
  // O_NONBLOCK: whoever would wait for a lease is told so instead.
  return FileDescriptor(::open(file.c_str(), how | O_NONBLOCK | O_CLOEXEC));
}

}  // namespace

TEST_SUITE("plugin") {
  TEST_CASE("ReadLease: writers wait for as long as it lives, and readers do not") {
    const TemporaryDirectory folder;
    folder.write("a.so", "content");
    const FileDescriptor reading = opened(folder / "a.so", O_RDONLY);
    {
      const ReadLease lease(reading.get());
      CHECK_FALSE(lease.has_writer());
      if (!lease.held()) {
        MESSAGE("this file system has no leases");
        return;
      }
      CHECK(opened(folder / "a.so", O_RDONLY).valid());
      CHECK_FALSE(opened(folder / "a.so", O_WRONLY).valid());
      CHECK(errno == EWOULDBLOCK);
    }
    CHECK(opened(folder / "a.so", O_WRONLY).valid());
  }

  TEST_CASE("ReadLease: there is none of a file that somebody has open for writing") {
    const TemporaryDirectory folder;
    folder.write("a.so", "content");
    const FileDescriptor reading = opened(folder / "a.so", O_RDONLY);
    FileDescriptor writing = opened(folder / "a.so", O_WRONLY);
    {
      const ReadLease lease(reading.get());
      CHECK_FALSE(lease.held());
      WARN(lease.has_writer());
    }
    writing.reset();
    CHECK_FALSE(ReadLease(reading.get()).has_writer());
  }
}

}  // namespace backplane::host
