#include "host/routing/address.hpp"

#include <algorithm>
#include <string>

#include "host/routing/shard_hash.hpp"

namespace backplane::host {
namespace {

std::uint64_t batch_key(const HttpRequest& request, bool mix_content_types) {
  std::uint64_t key = request.call_method.empty() ? 0 : shard_hash(request.call_method);
  if (!mix_content_types) key = mix64(key ^ shard_hash(request.content_type));
  return key;
}

}  // namespace

void address_to(const RequestSink& sink, std::chrono::milliseconds request_timeout,
                bool mix_content_types, Exchange& exchange) {
  HttpRequest& request = exchange.request;
  const TimePoint asked = std::min(request.slo, request.deadline);
  if (request_timeout.count() > 0) {
    request.deadline = std::min(request.deadline, request.received_at + request_timeout);
  }
  exchange.due = asked == kNever ? kNever : std::min(asked, request.deadline);
  exchange.batch_key = batch_key(request, mix_content_types);
  exchange.executor = sink.id();
}

Error unknown_endpoint(std::string_view name) {
  return Error(ErrorCode::kNotFound, "unknown_endpoint",
               "no endpoint is called '" + std::string(name) + "'");
}

Error no_traffic(const Endpoint& endpoint) {
  return Error(ErrorCode::kUnavailable, "no_traffic",
               "endpoint '" + endpoint.name + "' has no traffic set");
}

Error no_replica(std::string_view tag) {
  return Error(ErrorCode::kUnavailable, "no_replica",
               "backend '" + std::string(tag) + "' has no replica that serves");
}

}  // namespace backplane::host
