#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace backplane::host {

// The bytes of one file, read at offsets that nobody has checked yet. Read, never mapped: a file
// that shrinks under a mapping is a SIGBUS. A plain value that borrows what it reads; any thread.
class ByteSource {
 public:
  // `fd` stays the caller's; `size` is what fstat said of it.
  ByteSource(int fd, std::uint64_t size) : fd_(fd), size_(size) {}
  explicit ByteSource(std::span<const std::byte> bytes) : bytes_(bytes), size_(bytes.size()) {}

  std::uint64_t size() const { return size_; }
  // True when [offset, offset + length) lies inside; does not wrap.
  bool contains(std::uint64_t offset, std::uint64_t length) const {
    return offset <= size_ && length <= size_ - offset;
  }
  // [any] False when the range is not inside or cannot be read; `to` is undefined then.
  bool read(std::uint64_t offset, std::span<std::byte> to) const;

  template <typename T>
  bool read_object(std::uint64_t offset, T& to) const {
    return read(offset, std::as_writable_bytes(std::span<T, 1>(&to, 1)));
  }

 private:
  std::span<const std::byte> bytes_;
  int fd_ = -1;
  std::uint64_t size_ = 0;
};

}  // namespace backplane::host
