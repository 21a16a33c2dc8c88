#pragma once

#include <utility>

#include "host/base/error.hpp"
#include "host/message/exchange.hpp"

namespace backplane::host {

// A request that owes exactly one answer. Whoever holds it pays by complete() or fail(), or passes
// the debt on; one that is dropped unpaid answers 500 by itself, so no client ever waits for ever.
// Move-only; one thread at a time.
class PendingRequest {
 public:
  PendingRequest() = default;
  explicit PendingRequest(Exchange& exchange) : exchange_(&exchange) {}
  PendingRequest(PendingRequest&& other) noexcept
      : exchange_(std::exchange(other.exchange_, nullptr)) {}
  PendingRequest& operator=(PendingRequest&& other) noexcept {
    if (this != &other) {
      if (exchange_ != nullptr) drop();
      exchange_ = std::exchange(other.exchange_, nullptr);
    }
    return *this;
  }
  ~PendingRequest() {
    if (exchange_ != nullptr) drop();
  }

  bool valid() const { return exchange_ != nullptr; }
  Exchange& exchange() const { return *exchange_; }

  // [holder] The answer stands in exchange().response.
  void complete() && { std::exchange(exchange_, nullptr)->complete(); }
  // [holder] The answer is `error`, replacing whatever the response held.
  void fail(const Error& error) &&;
  // [holder] Passes the debt to the caller.
  Exchange& release() && { return *std::exchange(exchange_, nullptr); }

 private:
  // Answers 500.
  void drop();

  Exchange* exchange_ = nullptr;
};

}  // namespace backplane::host
