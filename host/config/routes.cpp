#include "host/config/routes.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

namespace backplane::host {
namespace {

constexpr std::size_t kLongestRoute = 1024;

std::vector<std::string_view> segments_of(std::string_view route) {
  std::vector<std::string_view> segments;
  route.remove_prefix(1);
  while (true) {
    const std::size_t slash = route.find('/');
    segments.push_back(route.substr(0, slash));
    if (slash == std::string_view::npos) return segments;
    route.remove_prefix(slash + 1);
  }
}

bool is_parameter(std::string_view segment) {
  const auto is_word = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  };
  if (segment.size() < 3 || segment.front() != '{' || segment.back() != '}') return false;
  const std::string_view name = segment.substr(1, segment.size() - 2);
  return std::all_of(name.begin(), name.end(), is_word);
}

// What is wrong with one segment; empty when nothing is. `last` may be empty, since a trailing
// slash is significant, and may be '*'.
std::string_view fault_of(std::string_view segment, bool last) {
  if (segment.empty() && !last) return "an empty segment";
  if (segment == "." || segment == "..") return "a dot segment";
  if (segment == "*" && last) return {};
  if (segment.find('*') != std::string_view::npos) return "a '*' that is not its last segment";
  if (is_parameter(segment)) return {};
  if (segment.find_first_of("{}") != std::string_view::npos) {
    return "a brace; a parameter is a whole segment '{name}' of letters, digits and '_'";
  }
  return {};
}

std::string_view fault_of_characters(std::string_view route) {
  for (const char c : route) {
    if (c <= 0x20 || c >= 0x7f) return "a character that is not printable ASCII";
    if (c == '?') return "a query";
    if (c == '#') return "a fragment";
    if (c == '%') return "a percent-escape; requests are matched as they are sent";
    if (c == '\\') return "a backslash";
  }
  return {};
}

std::string_view fault_of_route(std::string_view route) {
  if (!route.starts_with('/')) return "no '/' at its beginning";
  if (route.size() > kLongestRoute) return "more than 1024 bytes";
  if (const std::string_view fault = fault_of_characters(route); !fault.empty()) return fault;
  const std::vector<std::string_view> segments = segments_of(route);
  if (segments.front() == "-") return "'/-/' at its beginning, which is the host's own";
  std::set<std::string_view> parameters;
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const std::string_view fault = fault_of(segments[i], i + 1 == segments.size());
    if (!fault.empty()) return fault;
    if (is_parameter(segments[i]) && !parameters.insert(segments[i]).second) {
      return "the same parameter twice";
    }
  }
  if (segments.back() == "*" && !parameters.empty()) return "both a parameter and '/*'";
  return {};
}

}  // namespace

Status check_route(std::string_view route) {
  const std::string_view fault = fault_of_route(route);
  if (fault.empty()) return {};
  const std::string name =
      route.size() > kLongestRoute ? "the route" : "route '" + std::string(route) + "'";
  return Error(ErrorCode::kInvalidArgument, "bad_route", name + " has " + std::string(fault));
}

bool routes_clash(std::string_view a, std::string_view b) {
  const std::vector<std::string_view> left = segments_of(a);
  const std::vector<std::string_view> right = segments_of(b);
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [](std::string_view x, std::string_view y) {
                      return x == y || (is_parameter(x) && is_parameter(y));
                    });
}

}  // namespace backplane::host
