#pragma once

#include <chrono>
#include <string_view>

#include "host/base/error.hpp"
#include "host/message/exchange.hpp"
#include "host/routing/endpoint.hpp"

namespace backplane::host {

// What is written on a request for the backend that it goes to.
void address_to(const RequestSink& sink, std::chrono::milliseconds request_timeout,
                bool mix_content_types, Exchange& exchange);

// Puts the backend's limit on a request, and says by when its queue should serve it (as was asked
// for, by either header, but not after its deadline) and with which others. `to`: an Arm or a
// Shadow that has a sink.
template <typename Target>
void address_to(const Target& to, Exchange& exchange) {
  address_to(*to.sink, to.request_timeout, to.mix_content_types, exchange);
}

// Why a request goes nowhere. kNotFound "unknown_endpoint"; kUnavailable "no_traffic",
// "no_replica".
Error unknown_endpoint(std::string_view name);
Error no_traffic(const Endpoint& endpoint);
Error no_replica(std::string_view tag);

}  // namespace backplane::host
