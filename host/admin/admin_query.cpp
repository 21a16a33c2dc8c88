#include "host/admin/admin_query.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <utility>

namespace backplane::host {
namespace {

Error bad_query(std::string message) {
  return {ErrorCode::kMalformed, "bad_query", std::move(message)};
}

std::string quoted(std::string_view text) {
  return "'" + std::string(text.substr(0, 100)) + "'";
}

Result<std::uint64_t> parse_number(std::string_view name, std::string_view text,
                                   std::uint64_t least, std::uint64_t most) {
  std::uint64_t number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = failure == std::errc() && end == text.data() + text.size() && !text.empty();
  if (whole && number >= least && number <= most) return number;
  return bad_query("found " + quoted(text) + " for '" + std::string(name) +
                   "', wanted an integer from " + std::to_string(least) + " to " +
                   std::to_string(most));
}

Status read_dry_run(std::string_view value, AdminQuery& query) {
  if (value != "true" && value != "false") {
    return bad_query("found " + quoted(value) + " for 'dry_run', wanted true or false");
  }
  query.dry_run = value == "true";
  return {};
}

Status read_wait(std::string_view value, AdminQuery& query) {
  auto wait = parse_number("wait_ms", value, 0,
                           static_cast<std::uint64_t>(AdminQuery::kLongestWait.count()));
  if (!wait.ok()) return std::move(wait).error();
  query.wait = std::chrono::milliseconds(wait.value());
  return {};
}

Status read_limit(std::string_view value, AdminQuery& query) {
  auto limit = parse_number("limit", value, 1, AdminQuery::kLongestPage);
  if (!limit.ok()) return std::move(limit).error();
  query.limit = static_cast<std::uint32_t>(limit.value());
  return {};
}

Status read_before(std::string_view value, AdminQuery& query) {
  auto before = parse_number("before", value, 1, UINT64_MAX);
  if (!before.ok()) return std::move(before).error();
  query.before = before.value();
  return {};
}

struct Parameter {
  std::string_view name;
  unsigned in;  // AdminParameter
  Status (*read)(std::string_view, AdminQuery&);
};

constexpr std::array kParameters{
    Parameter{"dry_run", kDryRun, read_dry_run}, Parameter{"wait_ms", kWait, read_wait},
    Parameter{"limit", kPage, read_limit}, Parameter{"before", kPage, read_before}};

std::string known(unsigned allowed) {
  std::string names;
  for (const Parameter& parameter : kParameters) {
    if ((parameter.in & allowed) == 0) continue;
    if (!names.empty()) names += ", ";
    names += parameter.name;
  }
  return names.empty() ? "this call takes no query parameters"
                       : "this call takes no other query parameters than " + names;
}

}  // namespace

Result<AdminQuery> parse_admin_query(std::string_view query, unsigned allowed) {
  AdminQuery parsed;
  std::string seen = "&";
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
    const std::string_view name = pair.substr(0, pair.find('='));
    const std::string_view value = pair.substr(std::min(pair.size(), name.size() + 1));
    const Parameter* found = nullptr;
    for (const Parameter& parameter : kParameters) {
      if (parameter.name == name && (parameter.in & allowed) != 0) found = &parameter;
    }
    if (found == nullptr) return bad_query("found " + quoted(name) + "; " + known(allowed));
    const std::string mark = "&" + std::string(name) + "&";
    if (seen.find(mark) != std::string::npos) return bad_query(quoted(name) + " is given twice");
    seen += mark.substr(1);
    Status read = found->read(value, parsed);
    if (!read.ok()) return std::move(read).error();
  }
  return parsed;
}

}  // namespace backplane::host
