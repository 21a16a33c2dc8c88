#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "host/base/random.hpp"

namespace backplane::host {

// What a request is called in answers and logs. A plain value that holds its own bytes: every
// request has one, and none is worth an allocation.
class RequestId {
 public:
  static constexpr std::size_t kMaxSize = 64;

  // Cut to kMaxSize bytes.
  RequestId& operator=(std::string_view text);
  // 16 hexadecimal digits drawn from `random`.
  void make(Random& random);
  void clear() { size_ = 0; }

  bool empty() const { return size_ == 0; }
  std::string_view view() const { return {text_.data(), size_}; }
  friend bool operator==(const RequestId& id, std::string_view text) { return id.view() == text; }

 private:
  std::uint8_t size_ = 0;
  std::array<char, kMaxSize> text_{};
};

// What may come back in X-Request-Id and stand in logs: [A-Za-z0-9._-]{1,64}.
bool is_request_id(std::string_view text);

}  // namespace backplane::host
