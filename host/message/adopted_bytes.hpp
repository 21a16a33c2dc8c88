#pragma once

#include <memory>
#include <string_view>
#include <utility>

#include "host/base/log.hpp"

namespace backplane::host {

// Bytes that belong to a plugin and are sent from where they stand. Part of a response, then of a
// connection's output; whoever drops it, on any thread, gives them back.
class AdoptedBytes {
 public:
  using Release = void (*)(void* user);

  AdoptedBytes() = default;
  // `release`, unless null, is called once with `user`. Until then, and while it runs, `code` is
  // kept: what the plugin is loaded by.
  AdoptedBytes(std::string_view bytes, Release release, void* user,
               std::shared_ptr<const void> code)
      : bytes_(bytes),
        release_(release != nullptr ? release : [](void* /*user*/) {}),
        user_(user),
        code_(std::move(code)) {}
  AdoptedBytes(AdoptedBytes&& other) noexcept
      : bytes_(std::exchange(other.bytes_, {})),
        release_(std::exchange(other.release_, nullptr)),
        user_(other.user_),
        code_(std::move(other.code_)) {}
  AdoptedBytes& operator=(AdoptedBytes&& other) noexcept {
    if (this == &other) return *this;
    reset();
    bytes_ = std::exchange(other.bytes_, {});
    release_ = std::exchange(other.release_, nullptr);
    user_ = other.user_;
    code_ = std::move(other.code_);
    return *this;
  }
  ~AdoptedBytes() { reset(); }

  // [holder]
  std::string_view view() const { return bytes_; }
  bool empty() const { return bytes_.empty(); }

  // [holder] Gives them back.
  void reset() noexcept {
    bytes_ = {};
    // Most answers hold none.
    if (release_ != nullptr) give_back();
  }

 private:
  // A plugin that was built without the SDK may throw here.
  void give_back() noexcept {
    try {
      std::exchange(release_, nullptr)(user_);
    } catch (...) {
      log_error("plugin", "the release of adopted bytes threw");
    }
    // Behind the call of its code.
    code_.reset();
  }

  std::string_view bytes_;
  Release release_ = nullptr;  // null: holds nothing
  void* user_ = nullptr;
  std::shared_ptr<const void> code_;
};

}  // namespace backplane::host
