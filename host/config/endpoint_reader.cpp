#include "host/config/endpoint_reader.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "host/config/names.hpp"
#include "host/config/object_reader.hpp"
#include "host/config/routes.hpp"
#include "host/json/value_errors.hpp"

namespace backplane::host {
namespace {

constexpr std::array<std::string_view, 7> kMethods{"GET",   "HEAD",   "POST",   "PUT",
                                                   "PATCH", "DELETE", "OPTIONS"};
constexpr std::size_t kMostMethods = 64;  // as written, repetitions among them
constexpr std::int64_t kMostPacked = 1'000'000;
constexpr std::string_view kKnownMethods = "GET, HEAD, POST, PUT, PATCH, DELETE or OPTIONS";

std::string upper_case(std::string_view text) {
  std::string upper(text);
  for (char& c : upper) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return upper;
}

void read_route(ObjectReader& reader, EndpointSpec& spec, std::vector<Error>& errors) {
  const std::optional<JsonValue> value = reader.take("route");
  if (!value || value->kind() == JsonKind::kNull) return;
  const std::optional<std::string_view> route = value->string();
  if (!route) {
    reader.refuse(*value, "a string or null");
    return;
  }
  Status checked = check_route(*route);
  if (!checked.ok()) {
    errors.push_back(std::move(checked).error().with_pointer(value->pointer()));
    return;
  }
  spec.route = *route;
}

void read_methods(ObjectReader& reader, EndpointSpec& spec) {
  const std::optional<JsonValue> value = reader.take("methods");
  if (!value) return;
  if (!value->is_array() || value->size() == 0 || value->size() > kMostMethods) {
    reader.refuse(*value, "a list of 1 to 64 methods");
    return;
  }
  spec.methods.clear();
  for (const JsonValue& element : value->children()) {
    std::string method = upper_case(element.string().value_or(""));
    if (std::find(kMethods.begin(), kMethods.end(), method) == kMethods.end()) {
      reader.refuse(element, kKnownMethods);
    } else if (std::find(spec.methods.begin(), spec.methods.end(), method) == spec.methods.end()) {
      spec.methods.push_back(std::move(method));
    }
  }
}

std::string known_policies() {
  std::string text;
  for (const std::string_view name : kPolicyNames)
    text.append(text.empty() ? "" : ", ").append(name);
  return text;
}

Error invalid_policy(const JsonValue& value, std::string message) {
  return Error(ErrorCode::kInvalidArgument, "invalid_policy", std::move(message))
      .with_pointer(value.pointer());
}

// `packing_num`, which belongs to fixed_packing alone.
void read_packing(ObjectReader& reader, TrafficPolicy& policy, std::vector<Error>& errors) {
  if (policy.kind == PolicyKind::kFixedPacking) {
    const std::optional<JsonValue> value = reader.require("packing_num");
    if (!value) return;
    const std::int64_t number = value->integer().value_or(0);
    if (number < 1 || number > kMostPacked) {
      reader.refuse(*value, "an integer from 1 to " + std::to_string(kMostPacked));
    } else {
      policy.packing_num = static_cast<std::uint32_t>(number);
    }
  } else if (const std::optional<JsonValue> value = reader.take("packing_num")) {
    errors.push_back(
        invalid_policy(*value, "'packing_num' goes with policy 'fixed_packing'; the policy is '" +
                                   std::string(policy.name()) + "'"));
  }
}

// `value` is what stands at "policy", if anything does. What is refused leaves the default.
TrafficPolicy read_policy(ObjectReader& reader, const std::optional<JsonValue>& value,
                          std::vector<Error>& errors) {
  TrafficPolicy policy;
  if (value) {
    const auto* const name =
        std::find(kPolicyNames.begin(), kPolicyNames.end(), value->string().value_or(""));
    if (name == kPolicyNames.end()) {
      errors.push_back(invalid_policy(
          *value, "policy " + value->found() + " is not offered; known: " + known_policies()));
      reader.take("packing_num");  // whose it is cannot be said
      return policy;
    }
    policy.kind = static_cast<PolicyKind>(name - kPolicyNames.begin());
  }
  read_packing(reader, policy, errors);
  return policy;
}

// The numbers of `{"a": 0.7, …}`; the first one that is none is the error.
Result<std::vector<std::pair<std::string, double>>> read_shares(const JsonValue& map,
                                                                const std::string& reason) {
  std::vector<Error> errors;
  std::vector<std::pair<std::string, double>> shares;
  for (const JsonValue& member : named_members(map, errors)) {
    const std::optional<double> share = member.number();
    if (share) {
      shares.emplace_back(member.key(), *share);
    } else {
      errors.push_back(unfit_value(member, "a number"));
    }
  }
  if (!errors.empty()) return std::move(errors.front()).with_reason(reason);
  return shares;
}

}  // namespace

EndpointSpec read_endpoint(std::string_view name, const JsonValue& value,
                           std::vector<Error>& errors) {
  EndpointSpec spec;
  spec.name = name;
  Status named = check_name("the name of an endpoint", name);
  if (!named.ok()) errors.push_back(std::move(named).error().with_pointer(value.pointer()));
  ObjectReader reader(value, errors);
  read_route(reader, spec, errors);
  read_methods(reader, spec);
  // No weights at all is an endpoint without traffic, unlike an empty set of them in a call that
  // sets traffic.
  if (const auto traffic = reader.take("traffic");
      traffic && !(traffic->is_object() && traffic->size() == 0)) {
    Result<Weights> weights = parse_traffic(*traffic);
    if (weights.ok()) {
      spec.traffic = std::move(weights).value();
    } else {
      errors.push_back(std::move(weights).error());
    }
  }
  spec.policy = read_policy(reader, reader.take("policy"), errors);
  if (const auto value_of_shadows = reader.take("shadows")) {
    Result<std::map<std::string, double>> shadows = parse_shadows(*value_of_shadows);
    if (shadows.ok()) {
      spec.shadows = std::move(shadows).value();
    } else {
      errors.push_back(std::move(shadows).error());
    }
  }
  reader.finish();
  return spec;
}

Result<EndpointSpec> parse_endpoint(std::string_view name, const JsonValue& body) {
  std::vector<Error> errors;
  EndpointSpec spec = read_endpoint(name, body, errors);
  if (!errors.empty()) return std::move(errors.front());
  return spec;
}

Result<Weights> parse_traffic(const JsonValue& body) {
  auto shares = read_shares(body, "invalid_weights");
  if (!shares.ok()) return std::move(shares).error();
  return check_weights(shares.value(), body.pointer());
}

Result<TrafficPolicy> parse_policy(const JsonValue& body) {
  std::vector<Error> errors;
  ObjectReader reader(body, errors);
  const TrafficPolicy policy = read_policy(reader, reader.require("policy"), errors);
  reader.finish();
  if (!errors.empty()) return std::move(errors.front());
  return policy;
}

Result<std::map<std::string, double>> parse_shadows(const JsonValue& body) {
  auto shares = read_shares(body, "invalid_shadows");
  if (!shares.ok()) return std::move(shares).error();
  if (shares.value().size() > kMaxWeights) {
    return unfit_value(body, "at most 64 shadows").with_reason("invalid_shadows");
  }
  std::map<std::string, double> shadows;
  for (const auto& [tag, proportion] : shares.value()) {
    if (!(proportion >= 0 && proportion <= 1)) {
      return unfit_value(*body.find(tag), "a number from 0 to 1").with_reason("invalid_shadows");
    }
    if (proportion > 0) shadows.emplace(tag, proportion);
  }
  return shadows;
}

}  // namespace backplane::host
