#pragma once

#include "host/http/output_buffer.hpp"
#include "host/http/read_buffer.hpp"
#include "host/http/request_reader.hpp"
#include "host/message/exchange.hpp"

namespace backplane::host {

class Session;

// All memory that a connection needs while it has a request, and gives back while it has none.
// Owned by its Session, or by the pool between two; while the exchange is with a handler its io
// thread touches `output` and reads into free room of `buffer`, and nothing else of it.
class ActiveRequest : public Exchange {
 public:
  explicit ActiveRequest(const ListenerConfig& config) : reader(config) {}

  Session* session = nullptr;
  ReadBuffer buffer;
  RequestReader reader;
  OutputBuffer output;
};

}  // namespace backplane::host
