#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>

namespace backplane::host {

// Bytes that are written behind each other and read from the front. Unlike a string it hands out
// room that nobody has cleared first. Owned by an OutputBuffer; its io thread.
class TextBuffer {
 public:
  // [io] Where up to `n` more bytes may be written; they count once they are committed.
  char* room(std::size_t n) {
    if (capacity_ - size_ < n) grow(n);
    return block_.get() + size_;
  }
  // [io] Everything before `end`, a place in the last room().
  void commit(const char* end) { size_ = static_cast<std::size_t>(end - block_.get()); }

  char* data() { return block_.get(); }
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  std::string_view view() const { return {block_.get(), size_}; }

  // [io] Keeps the memory, unless it is more than `kept` bytes.
  void clear(std::size_t kept) {
    size_ = 0;
    if (capacity_ <= kept) return;
    block_.reset();
    capacity_ = 0;
  }

 private:
  void grow(std::size_t n) {
    const std::size_t next = std::max({capacity_ * 2, size_ + n, std::size_t{512}});
    auto block = std::make_unique_for_overwrite<char[]>(next);
    if (size_ > 0) std::memcpy(block.get(), block_.get(), size_);
    block_ = std::move(block);
    capacity_ = next;
  }

  std::unique_ptr<char[]> block_;
  std::size_t capacity_ = 0;
  std::size_t size_ = 0;
};

}  // namespace backplane::host
