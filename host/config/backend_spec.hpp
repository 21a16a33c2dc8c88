#pragma once

#include <string>

#include "host/config/backend_config.hpp"

namespace backplane::host {

// One backend as it was asked for: which handler of which plugin, made with what. A plain value.
struct BackendSpec {
  std::string tag;
  std::string plugin;     // the file's stem in the plugin directory
  std::string handler;    // one of the names that plugin registers
  std::string init_json;  // one compact JSON value; empty when there is none
  BackendConfig config;

  bool operator==(const BackendSpec&) const = default;
};

}  // namespace backplane::host
