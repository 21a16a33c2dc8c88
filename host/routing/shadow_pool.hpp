#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "host/base/mutex.hpp"
#include "host/message/exchange.hpp"

namespace backplane::host {

// Copies of requests on their way to shadow backends: each owns its bytes, because the client's
// connection does not wait for it, and its answer is thrown away. Shared by one Router and the
// copies that are out, so that either may go first. Thread-safe.
class ShadowPool final : public CompletionSink, public std::enable_shared_from_this<ShadowPool> {
 public:
  static constexpr std::size_t kDefaultByteBudget = std::size_t{64} * 1024 * 1024;

  // A copy's answer is worth nothing after this: nobody leaves whose leaving would end an answer in
  // pieces that has no end.
  static constexpr std::chrono::seconds kLongest{60};

  // `budget`: copies that may be out at once, `byte_budget`: bytes in them; more are not made.
  explicit ShadowPool(std::size_t budget, std::size_t byte_budget = kDefaultByteBudget)
      : budget_(budget), byte_budget_(byte_budget) {}

  // [any] A copy of `original`, owing its completion to this pool; null when the budget is spent.
  Exchange* copy(const HttpRequest& original);

  // [any] The copy has been answered: its memory waits for the next one.
  void push(Exchange& exchange) noexcept override;

  // [any] Requests that were not mirrored because the budget was spent.
  std::size_t dropped() const;

 private:
  struct Copy final : Exchange {
    std::string bytes;                 // what the request's views point into
    std::shared_ptr<ShadowPool> pool;  // set while out
    std::size_t slot = 0;
    std::size_t size = 0;  // of bytes
  };

  static std::size_t size_of(const HttpRequest& request);
  static void fill(const HttpRequest& original, Copy& copy);

  const std::size_t budget_;
  const std::size_t byte_budget_;
  mutable Mutex mutex_;
  std::vector<std::unique_ptr<Copy>> copies_ BP_GUARDED_BY(mutex_);
  std::vector<std::size_t> free_ BP_GUARDED_BY(mutex_);
  std::size_t bytes_out_ BP_GUARDED_BY(mutex_) = 0;
  std::size_t dropped_ BP_GUARDED_BY(mutex_) = 0;
};

}  // namespace backplane::host
