#include "host/routing/shadow_pool.hpp"

#include <utility>

namespace backplane::host {
namespace {

constexpr std::size_t kKeptBytes = std::size_t{64} * 1024;

}  // namespace

Exchange* ShadowPool::copy(const HttpRequest& original) {
  Copy* copy = nullptr;
  const std::size_t size = size_of(original);
  {
    MutexLock lock(mutex_);
    const bool fits = size <= byte_budget_ - bytes_out_;
    if (fits && !free_.empty()) {
      copy = copies_[free_.back()].get();
      free_.pop_back();
    } else if (fits && copies_.size() < budget_) {
      copies_.push_back(std::make_unique<Copy>());
      copy = copies_.back().get();
      copy->slot = copies_.size() - 1;
    } else {
      ++dropped_;
      return nullptr;
    }
    bytes_out_ += size;
  }
  copy->size = size;
  fill(original, *copy);
  copy->home = this;
  copy->pool = shared_from_this();
  return copy;
}

void ShadowPool::push(Exchange& exchange) noexcept {
  if (exchange.response.more) {
    // Nobody reads it, and the handler is to write it all the same, as for the client.
    const std::shared_ptr<PieceSource> pieces = exchange.pieces;
    return pieces->resume(exchange);
  }
  auto& copy = static_cast<Copy&>(exchange);
  // Moved out first: with the router gone this is the last reference, and the pool ends here.
  const std::shared_ptr<ShadowPool> self = std::move(copy.pool);
  // A few hundred copies wait for reuse; what they hold must not add up to as many large requests.
  copy.response.clear();
  if (copy.bytes.capacity() > kKeptBytes) std::string().swap(copy.bytes);
  MutexLock lock(mutex_);
  bytes_out_ -= copy.size;
  free_.push_back(copy.slot);
}

std::size_t ShadowPool::dropped() const {
  MutexLock lock(mutex_);
  return dropped_;
}

std::size_t ShadowPool::size_of(const HttpRequest& request) {
  std::size_t total = request.method.size() + request.path.size() + request.query.size() +
                      request.authority.size() + request.body.size();
  for (const HeaderField& field : request.headers) total += field.name.size() + field.value.size();
  return total;
}

void ShadowPool::fill(const HttpRequest& original, Copy& copy) {
  copy.reset();
  std::string& bytes = copy.bytes;
  bytes.clear();
  // Reserved in one piece: the views below must not move.
  bytes.reserve(copy.size);
  const auto keep = [&bytes](std::string_view text) {
    const std::size_t start = bytes.size();
    bytes.append(text);
    return std::string_view(bytes).substr(start);
  };
  HttpRequest& request = copy.request;
  request.method = keep(original.method);
  request.path = keep(original.path);
  request.query = keep(original.query);
  request.authority = keep(original.authority);
  request.body = keep(original.body);
  for (const HeaderField& field : original.headers) {
    const std::string_view name = keep(field.name);
    request.headers.push_back({name, keep(field.value)});
  }
  if (const std::string_view* type = request.find_header("Content-Type")) {
    request.content_type = *type;
  }
  request.request_id = original.request_id;
  request.received_at = original.received_at;
}

}  // namespace backplane::host
