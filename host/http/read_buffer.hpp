#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

namespace backplane::host {

// The bytes of one connection that have been read and not yet answered for: [begin, end) of one
// block. Owned by an ActiveRequest; its io thread.
class ReadBuffer {
 public:
  // What a block starts with: most requests fit, and many active connections stay in the cache.
  static constexpr std::size_t kInitialBytes = std::size_t{4} * 1024;
  // A block grown beyond this is given up when its request is done.
  static constexpr std::size_t kKeptBytes = std::size_t{32} * 1024;

  // [io] The unread-for bytes. Moves with make_room(); a view is good until then.
  std::string_view bytes() const { return {block_.get() + begin_, end_ - begin_}; }
  char* data() { return block_.get() + begin_; }
  const char* data() const { return block_.get() + begin_; }
  std::size_t size() const { return end_ - begin_; }
  bool empty() const { return begin_ == end_; }
  // [io] Where the next bytes go; nothing moves.
  std::span<char> room() { return {block_.get() + end_, capacity_ - end_}; }

  // [io] Sees to it that room() is not empty: moves the bytes to the front or to a larger block.
  // Nobody may hold a view. `wanted`: how many bytes there will be in all, as far as known.
  void make_room(std::size_t wanted);
  // [io] `n` bytes of room() have been filled.
  void commit(std::size_t n) { end_ += n; }
  // [io] The first `n` bytes have been dealt with.
  void consume(std::size_t n);
  // [io] Keeps only the first `n` bytes.
  void truncate(std::size_t n) { end_ = begin_ + n; }
  // [io] Forgets all bytes; keeps a block of ordinary size.
  void clear();

 private:
  std::unique_ptr<char[]> block_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace backplane::host
