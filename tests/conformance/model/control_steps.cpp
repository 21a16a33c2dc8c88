#include "tests/conformance/model/control_steps.hpp"

#include <array>
#include <utility>
#include <vector>

namespace backplane::host {
namespace {

using Shares = std::map<std::string, double>;

template <typename Value, std::size_t kSize>
Value pick(Random& random, const std::array<Value, kSize>& values) {
  return values[random.below(kSize)];
}

bool chance(Random& random, std::uint32_t percent) {
  return random.below(100) < percent;
}

constexpr std::array<const char*, 3> kTags{"a", "b", "c"};
constexpr std::array<const char*, 3> kNames{"x", "y", "z"};
// One of another endpoint's, so that they clash.
constexpr std::array<const char*, 4> kRoutes{"/x", "/y", "/both", ""};

ModelBackend some_backend(Random& random) {
  ModelBackend backend{.plugin = "user_config_echo"};
  if (chance(random, 25)) backend.plugin = "hello2";
  if (chance(random, 3)) backend.plugin = chance(random, 50) ? "nowhere" : "ctorfail";
  if (backend.plugin == "user_config_echo" || chance(random, 5)) {
    backend.user_config =
        pick(random, std::array<std::string, 6>{"one", "one", "two", "three", "", ""});
    if (chance(random, 4)) backend.user_config = "refuse";
  }
  if (chance(random, 20)) backend.num_replicas = 2;
  if (chance(random, 20)) backend.max_queue = 50;
  return backend;
}

// One or two; now and then of a sum that is none, or nothing at all.
Shares some_weights(Random& random) {
  Shares weights;
  const std::string first = pick(random, kTags);
  const std::string second = pick(random, kTags);
  const double share = pick(random, std::array<double, 5>{1, 1, 0.5, 0.25, 0});
  weights[first] = share;
  if (second != first) weights[second] = 1 - share;
  if (second == first && !chance(random, 10)) weights[first] = 1;
  return weights;
}

Shares some_shadows(Random& random) {
  if (chance(random, 40)) return {};
  return {{pick(random, kTags), 0.5}};
}

ModelEndpoint some_endpoint(Random& random, const std::string& name) {
  ModelEndpoint endpoint{.route = chance(random, 60) ? "/" + name : pick(random, kRoutes)};
  if (!chance(random, 20)) endpoint.traffic = some_weights(random);
  // In an endpoint weights that do not sum to one are one more bad call.
  double sum = 0;
  for (const auto& weight : endpoint.traffic) sum += weight.second;
  if (sum != 1) endpoint.traffic.clear();
  if (chance(random, 20)) endpoint.shadows = some_shadows(random);
  return endpoint;
}

ModelState some_app(Random& random) {
  ModelState app;
  for (const char* const tag : kTags) {
    if (chance(random, 60)) app.backends[tag] = some_backend(random);
  }
  for (const char* const name : kNames) {
    if (chance(random, 60)) app.endpoints[name] = some_endpoint(random, name);
  }
  return app;
}

BadCall some_bad_call(Random& random) {
  static const std::vector<BadCall> calls{
      {"PUT", "/v1/endpoints/x/traffic", R"({"a":"1"})", 422, "invalid_weights"},
      {"PUT", "/v1/endpoints/x/traffic", R"({"a":-1})", 422, "invalid_weights"},
      {"PUT", "/v1/endpoints/x/traffic", R"({"a":0.5,"a":0.5})", 400, "invalid_json"},
      {"PUT", "/v1/endpoints/x/policy", R"({"policy":"sticky"})", 422, "invalid_policy"},
      {"PUT", "/v1/endpoints/x/shadows", R"({"a":2})", 422, "invalid_shadows"},
      {"PUT", "/v1/endpoints/x", R"({"route":"/x","colour":"red"})", 422, "unknown_field"},
      {"PUT", "/v1/endpoints/X", R"({"route":"/x"})", 400, "bad_name"},
      {"PUT", "/v1/backends/a", R"({"plugin":"hello2"})", 422, "missing_field"},
      {"PUT", "/v1/backends/a", R"({"plugin":"hello2","handler":"hello2"} {})", 400,
       "invalid_json"},
      {"PATCH", "/v1/backends/a", R"({"config":{"num_replicas":0}})", 422, "invalid_argument"},
      {"PATCH", "/v1/backends/a", R"({"plugin":"hello2"})", 422, "unknown_field"},
      {"PUT", "/v1/app", R"({"backends":{"a":{}},"endpoints":{}})", 422, "missing_field"},
      {"PUT", "/v1/app", "[]", 422, "invalid_argument"},
      {"POST", "/v1/undo", R"({"to":0})", 422, "invalid_argument"},
      {"DELETE", "/v1/endpoints/x?dry_run=maybe", "", 400, "bad_query"},
      {"DELETE", "/v1/endpoints", "", 405, "method_not_allowed"},
      {"PUT", "/v1/nothing", "{}", 404, "no_route"}};
  return calls[random.below(static_cast<std::uint32_t>(calls.size()))];
}

StepKind some_kind(Random& random) {
  using enum StepKind;
  static const std::vector<std::pair<StepKind, std::uint32_t>> shares{
      {kPutBackend, 14},    {kPatchBackend, 12}, {kDeleteBackend, 6}, {kPutEndpoint, 12},
      {kDeleteEndpoint, 4}, {kPutTraffic, 16},   {kPutPolicy, 6},     {kPutShadows, 6},
      {kPutApp, 10},        {kUndo, 10},         {kBadCall, 3},       {kRestart, 1}};
  std::uint32_t point = random.below(100);
  for (const auto& [kind, share] : shares) {
    if (point < share) return kind;
    point -= share;
  }
  return kUndo;
}

bool is_of_backend(StepKind kind) {
  return kind == StepKind::kPutBackend || kind == StepKind::kPatchBackend ||
         kind == StepKind::kDeleteBackend;
}

std::string policy_json(const ModelEndpoint& endpoint) {
  if (endpoint.packing_num == 0) return R"({"policy":")" + endpoint.policy + "\"}";
  return R"({"policy":"fixed_packing","packing_num":)" + std::to_string(endpoint.packing_num) + "}";
}

}  // namespace

ModelStep random_step(Random& random) {
  ModelStep step{.kind = some_kind(random)};
  step.name = is_of_backend(step.kind) ? pick(random, kTags) : pick(random, kNames);
  step.backend = some_backend(random);
  step.endpoint = some_endpoint(random, step.name);
  if (step.kind == StepKind::kPutTraffic) step.endpoint.traffic = some_weights(random);
  if (step.kind == StepKind::kPutShadows) step.endpoint.shadows = some_shadows(random);
  if (step.kind == StepKind::kPutPolicy) {
    step.endpoint.policy =
        pick(random,
             std::array<std::string, 4>{"random", "round_robin", "power_of_two", "fixed_packing"});
    if (step.endpoint.policy == "fixed_packing") step.endpoint.packing_num = 3;
  }
  if (step.kind == StepKind::kPutApp) step.app = some_app(random);
  const auto [key, value] = pick(
      random, std::array<std::pair<const char*, const char*>, 8>{{{"user_config", "\"one\""},
                                                                  {"user_config", "\"two\""},
                                                                  {"user_config", "\"refuse\""},
                                                                  {"user_config", "null"},
                                                                  {"num_replicas", "1"},
                                                                  {"num_replicas", "2"},
                                                                  {"max_queue", "50"},
                                                                  {"max_queue", "null"}}});
  step.key = key;
  step.value = value;
  if (chance(random, 50)) step.back = 1 + static_cast<int>(random.below(8));
  step.bad = some_bad_call(random);
  using enum IfMatch;
  if (chance(random, 30)) step.match = pick(random, std::array{kAny, kCurrent, kCurrent, kStale});
  step.dry_run = chance(random, 12);
  return step;
}

ModelRequest request_of(const ModelStep& step, std::uint64_t revision) {
  const std::string backend = "/v1/backends/" + step.name;
  const std::string endpoint = "/v1/endpoints/" + step.name;
  const auto call = [&step]() -> ModelRequest {
    return {.method = step.bad.method, .target = step.bad.target, .body = step.bad.body};
  };
  const auto undo = [&]() -> std::string {
    if (step.back == 0) return "{}";
    const auto back = static_cast<std::uint64_t>(step.back);
    return R"({"to":)" + std::to_string(revision > back ? revision - back : 99'999) + "}";
  };
  const std::map<StepKind, ModelRequest> requests{
      {StepKind::kPutBackend, {"PUT", backend, "", json_of(step.backend)}},
      {StepKind::kPatchBackend,
       {"PATCH", backend, "", R"({"config":{")" + step.key + "\":" + step.value + "}}"}},
      {StepKind::kDeleteBackend, {"DELETE", backend, "", ""}},
      {StepKind::kPutEndpoint, {"PUT", endpoint, "", json_of(step.endpoint)}},
      {StepKind::kDeleteEndpoint, {"DELETE", endpoint, "", ""}},
      {StepKind::kPutTraffic, {"PUT", endpoint + "/traffic", "", json_of(step.endpoint.traffic)}},
      {StepKind::kPutPolicy, {"PUT", endpoint + "/policy", "", policy_json(step.endpoint)}},
      {StepKind::kPutShadows, {"PUT", endpoint + "/shadows", "", json_of(step.endpoint.shadows)}},
      {StepKind::kPutApp, {"PUT", "/v1/app", "", json_of(step.app)}},
      {StepKind::kUndo, {"POST", "/v1/undo", "", undo()}},
      {StepKind::kBadCall, call()},
      {StepKind::kRestart, {}}};
  ModelRequest request = requests.at(step.kind);
  if (step.kind == StepKind::kBadCall || step.kind == StepKind::kRestart) return request;
  if (step.dry_run) request.target += "?dry_run=true";
  if (step.match == IfMatch::kAny) request.if_match = "*";
  if (step.match == IfMatch::kCurrent) request.if_match = '"' + std::to_string(revision) + '"';
  if (step.match == IfMatch::kStale) request.if_match = '"' + std::to_string(revision + 1) + '"';
  return request;
}

std::string text_of(const ModelStep& step) {
  if (step.kind == StepKind::kRestart) return "restart the host";
  // Numbers that go by the revision are told by their distance to it.
  ModelRequest request = request_of(step, 1'000);
  if (step.match == IfMatch::kCurrent) request.if_match = "(the current revision)";
  if (step.match == IfMatch::kStale) request.if_match = "(another revision)";
  if (step.kind == StepKind::kUndo && step.back > 0) {
    request.body = "to " + std::to_string(step.back) + " revisions before";
  }
  std::string text = request.method + " " + request.target;
  if (!request.if_match.empty()) text += " If-Match: " + request.if_match;
  return request.body.empty() ? text : text + " " + request.body;
}

}  // namespace backplane::host
