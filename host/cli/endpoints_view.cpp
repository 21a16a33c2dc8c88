#include "host/cli/endpoints_view.hpp"

#include <optional>
#include <vector>

#include "host/cli/human_numbers.hpp"
#include "host/cli/json_fields.hpp"
#include "host/cli/text_table.hpp"

namespace backplane::host {
namespace {

const std::vector<TableColumn>& count_columns() {
  static const std::vector<TableColumn> columns{{"REQUESTS", Align::kRight},
                                                {"NOT OK", Align::kRight},
                                                {"P50", Align::kRight},
                                                {"P99", Align::kRight}};
  return columns;
}

// A latency that nothing was measured for is no 0.
std::string latency(const JsonValue& latencies, std::string_view quantile) {
  if (count_at(latencies, "count") == 0) return "-";
  return human_microseconds(count_at(latencies, quantile));
}

// The cells of count_columns(): of an endpoint's stats, or one backend's share of them.
void add_counts(const std::optional<JsonValue>& stats, std::vector<std::string>& cells) {
  const auto outcomes = stats ? stats->find("outcomes") : std::nullopt;
  const auto latencies = stats ? stats->find("latency_us") : std::nullopt;
  if (!outcomes || !latencies) {
    cells.insert(cells.end(), count_columns().size(), "-");
    return;
  }
  const std::int64_t requests = count_at(*stats, "requests");
  cells.push_back(std::to_string(requests));
  cells.push_back(std::to_string(requests - count_at(*outcomes, "ok")));
  cells.push_back(latency(*latencies, "p50"));
  cells.push_back(latency(*latencies, "p99"));
}

std::string route_of(const JsonValue& endpoint) {
  const std::string route = text_at(endpoint, "route");
  return route.empty() ? "(none)" : route;
}

// Shadows are told apart from traffic by a sign, as most endpoints have none.
std::string arms_of(const JsonValue& endpoint) {
  std::string arms = shares_at(endpoint, "traffic");
  if (arms.empty()) arms = "(none)";
  const std::string shadows = shares_at(endpoint, "shadows");
  return shadows.empty() ? arms : arms + " + shadows " + shadows;
}

std::string policy_of(const JsonValue& endpoint) {
  const std::string packing = text_at(endpoint, "packing_num");
  return text_at(endpoint, "policy") + (packing.empty() ? "" : " " + packing);
}

std::vector<TableColumn> with_counts(std::vector<TableColumn> columns) {
  columns.insert(columns.end(), count_columns().begin(), count_columns().end());
  return columns;
}

std::string backends_table(const JsonValue& endpoint) {
  TextTable table(with_counts({{"BACKEND"}, {"WEIGHT", Align::kRight}}));
  const auto traffic = endpoint.find("traffic");
  if (!traffic) return {};
  const auto stats = endpoint.find("stats");
  const auto shares = stats ? stats->find("backends") : std::nullopt;
  for (const JsonValue& weight : traffic->children()) {
    std::vector<std::string> cells{std::string(weight.key()), text_of(weight)};
    add_counts(shares ? shares->find(weight.key()) : std::nullopt, cells);
    table.add(std::move(cells));
  }
  return table.empty() ? "" : "\n" + table.text();
}

}  // namespace

std::string render_endpoints(const JsonValue& answer) {
  TextTable table(with_counts({{"ENDPOINT"}, {"METHODS"}, {"ROUTE"}, {"POLICY"}, {"TRAFFIC"}}));
  const auto endpoints = answer.find("endpoints");
  if (endpoints) {
    for (const JsonValue& one : endpoints->children()) {
      std::vector<std::string> cells{std::string(one.key()), list_at(one, "methods", ","),
                                     route_of(one), policy_of(one), arms_of(one)};
      add_counts(one.find("stats"), cells);
      table.add(std::move(cells));
    }
  }
  return table.empty() ? "no endpoints\n" : table.text();
}

std::string render_endpoint(const JsonValue& endpoint) {
  std::string text;
  add_line(text, "endpoint", text_at(endpoint, "name"));
  add_line(text, "answers", list_at(endpoint, "methods", ",") + " " + route_of(endpoint));
  add_line(text, "policy", policy_of(endpoint));
  add_line(text, "shadows", shares_at(endpoint, "shadows"));
  return text + backends_table(endpoint);
}

std::string endpoint_summary(const JsonValue& endpoint) {
  const std::string policy = policy_of(endpoint);
  return list_at(endpoint, "methods", ",") + " " + route_of(endpoint) + ", traffic " +
         arms_of(endpoint) + (policy == "random" ? "" : ", policy " + policy);
}

}  // namespace backplane::host
