#include "host/batching/pending_request.hpp"

#include "host/message/error_response.hpp"

namespace backplane::host {

void PendingRequest::fail(const Error& error) && {
  Exchange& exchange = *std::exchange(exchange_, nullptr);
  fill_error_response(error, exchange.request.request_id.view(), exchange.response);
  exchange.complete();
}

void PendingRequest::drop() {
  // Nobody vouches for what stands there: fail() would keep its header fields.
  exchange_->response.clear();
  std::move(*this).fail(Error(ErrorCode::kInternal, "request was dropped without an answer"));
}

}  // namespace backplane::host
