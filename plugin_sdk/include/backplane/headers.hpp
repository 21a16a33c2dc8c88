#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <backplane/abi.h>
#include <backplane/detail/text.hpp>

namespace backplane {

struct Header {
  std::string_view name;  // as the client wrote it
  std::string_view value;
};

// The headers of one request, for a range-based for. A view, valid as long as its Request.
class Headers {
 public:
  class Iterator {
   public:
    explicit Iterator(const bp_kv* at) noexcept : at_(at) {}
    Header operator*() const noexcept { return {to_view(at_->key), to_view(at_->value)}; }
    Iterator& operator++() noexcept {
      ++at_;
      return *this;
    }
    bool operator==(const Iterator&) const noexcept = default;

   private:
    const bp_kv* at_;
  };

  Headers(const bp_kv* first, std::uint32_t count) noexcept : first_(first), count_(count) {}

  Iterator begin() const noexcept { return Iterator(first_); }
  Iterator end() const noexcept { return Iterator(first_ + count_); }
  std::size_t size() const noexcept { return count_; }
  bool empty() const noexcept { return count_ == 0; }

 private:
  const bp_kv* first_;
  std::uint32_t count_;
};

}  // namespace backplane
