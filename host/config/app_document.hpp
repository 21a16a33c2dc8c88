#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "host/config/backend_spec.hpp"
#include "host/config/endpoint_spec.hpp"

namespace backplane::host {

// The whole desired state: what runs and where the traffic goes. A plain value; read from JSON by
// app_document_reader, written by app_document_writer.
struct AppDocument {
  std::map<std::string, BackendSpec> backends;    // by tag
  std::map<std::string, EndpointSpec> endpoints;  // by name

  bool operator==(const AppDocument&) const = default;
};

// What the host allows an app document to ask for (host configuration, `limits`).
struct AppLimits {
  std::uint32_t max_replicas = 256;  // per backend
};

}  // namespace backplane::host
