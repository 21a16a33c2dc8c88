#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "host/batching/request_sink.hpp"
#include "host/config/traffic_policy.hpp"
#include "host/metrics/request_stats.hpp"
#include "host/routing/method_set.hpp"
#include "host/routing/rotation.hpp"

namespace backplane::host {

// One backend as an endpoint sends to it.
struct Arm {
  std::string tag;
  double weight = 0;  // normalised: the arms' weights sum to 1
  // Null while the backend does not serve: its share is answered 503, never given to others,
  // which would shift an experiment.
  std::shared_ptr<RequestSink> sink;
  std::chrono::milliseconds request_timeout{0};
  bool mix_content_types = true;
  std::shared_ptr<RequestStats> stats;  // what was sent to it, of this generation
  // A new version of the backend on trial, which gets `canary_share` (0 to 1) of the arm's
  // requests; null: none.
  std::shared_ptr<const Arm> canary;
  double canary_share = 0;
};

// A copy of the traffic that a backend gets beside the one that answers.
struct Shadow {
  std::string tag;
  double proportion = 0;  // 0..1, drawn for each request by itself
  std::shared_ptr<RequestSink> sink;
  std::chrono::milliseconds request_timeout{0};
  bool mix_content_types = true;
};

// A name, a route, methods and where the traffic goes. Made by control, shared by snapshots,
// never changed: a change makes another one.
struct Endpoint {
  std::string name;
  std::optional<std::string> route;  // none: reachable only from inside
  std::vector<std::string> methods;  // as declared
  MethodSet method_set;
  std::vector<Arm> arms;  // empty: no traffic set
  TrafficPolicy policy;
  // Never null. Begins anew with every change of the endpoint.
  std::unique_ptr<Rotation> rotation = std::make_unique<Rotation>();
  std::vector<Shadow> shadows;
  std::shared_ptr<RequestStats> stats;  // what found this endpoint, but was sent to no arm
};

}  // namespace backplane::host
