#include "host/http/read_buffer.hpp"

#include <algorithm>
#include <cstring>

namespace backplane::host {

void ReadBuffer::make_room(std::size_t wanted) {
  if (end_ < capacity_) return;
  const std::size_t held = size();
  if (begin_ > 0 && held < capacity_) {
    std::memmove(block_.get(), block_.get() + begin_, held);
    begin_ = 0;
    end_ = held;
    return;
  }
  // Doubling, and not the announced length at once: who announces much and sends nothing must
  // not make us reserve it.
  std::size_t next = std::max(capacity_ * 2, kInitialBytes);
  if (wanted > held) next = std::max(std::min(next, wanted), held + 1);
  auto block = std::make_unique_for_overwrite<char[]>(next);
  if (held > 0) std::memcpy(block.get(), block_.get() + begin_, held);
  block_ = std::move(block);
  capacity_ = next;
  begin_ = 0;
  end_ = held;
}

void ReadBuffer::consume(std::size_t n) {
  begin_ += n;
  if (begin_ == end_) begin_ = end_ = 0;
}

void ReadBuffer::clear() {
  begin_ = end_ = 0;
  if (capacity_ > kKeptBytes) {
    block_.reset();
    capacity_ = 0;
  }
}

}  // namespace backplane::host
