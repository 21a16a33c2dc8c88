#include "host/batching/pending_request.hpp"

#include "host/message/error_response.hpp"

namespace backplane::host {

PendingRequest& PendingRequest::operator=(PendingRequest&& other) noexcept {
  if (this != &other) {
    drop();
    exchange_ = std::exchange(other.exchange_, nullptr);
  }
  return *this;
}

PendingRequest::~PendingRequest() {
  drop();
}

void PendingRequest::complete() && {
  std::exchange(exchange_, nullptr)->complete();
}

void PendingRequest::fail(const Error& error) && {
  Exchange& exchange = *std::exchange(exchange_, nullptr);
  fill_error_response(error, exchange.request.request_id, exchange.response);
  exchange.complete();
}

void PendingRequest::drop() {
  if (exchange_ == nullptr) return;
  // Nobody vouches for what stands there: fail() would keep its header fields.
  exchange_->response.clear();
  std::move(*this).fail(Error(ErrorCode::kInternal, "request was dropped without an answer"));
}

}  // namespace backplane::host
