#include "host/routing/route_table.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "host/base/random.hpp"

namespace backplane::host {
namespace {

// Cuts the first segment, with its leading '/', off `path`.
std::string_view next_segment(std::string_view& path) {
  const std::size_t end = std::min(path.find('/', 1), path.size());
  const std::string_view segment = path.substr(0, end);
  path.remove_prefix(end);
  return segment;
}

}  // namespace

// Eight bytes at a time: a path is short, and looked up for every request.
std::size_t RouteTable::Hash::operator()(std::string_view path) const {
  std::uint64_t hash = path.size();
  while (path.size() >= sizeof(std::uint64_t)) {
    std::uint64_t word = 0;
    std::memcpy(&word, path.data(), sizeof word);
    hash = mix64(hash ^ word);
    path.remove_prefix(sizeof word);
  }
  // Of 4 to 7 bytes two halves that overlap.
  if (path.size() >= sizeof(std::uint32_t)) {
    std::uint32_t front = 0;
    std::uint32_t back = 0;
    std::memcpy(&front, path.data(), sizeof front);
    std::memcpy(&back, path.data() + path.size() - sizeof back, sizeof back);
    return mix64(hash ^ (std::uint64_t{front} << 32U | back));
  }
  std::uint64_t rest = 0;
  for (const char c : path) rest = (rest << 8U) | static_cast<unsigned char>(c);
  return mix64(hash ^ rest);
}

void RouteTable::add(std::string_view route, std::size_t endpoint) {
  if (route.ends_with("/*")) {
    route.remove_suffix(1);
    prefixes_.push_back({std::string(route), endpoint});
    std::stable_sort(prefixes_.begin(), prefixes_.end(), [](const Prefix& a, const Prefix& b) {
      return a.path.size() > b.path.size();
    });
  } else if (route.find('{') != std::string_view::npos) {
    patterns_.push_back({std::string(route), endpoint});
  } else {
    exact_.emplace(route, endpoint);
  }
}

std::optional<std::size_t> RouteTable::find(std::string_view path) const {
  if (const auto found = exact_.find(path); found != exact_.end()) return found->second;
  for (const Prefix& prefix : prefixes_) {
    if (path.starts_with(prefix.path)) return prefix.endpoint;
  }
  for (const Pattern& pattern : patterns_) {
    if (matches_pattern(pattern.route, path)) return pattern.endpoint;
  }
  return std::nullopt;
}

bool matches_pattern(std::string_view route, std::string_view path) {
  while (!route.empty() && !path.empty()) {
    const std::string_view wanted = next_segment(route);
    const std::string_view found = next_segment(path);
    const bool is_param = wanted.starts_with("/{") && wanted.ends_with("}");
    if (is_param ? found.size() < 2 : wanted != found) return false;
  }
  return route.empty() && path.empty();
}

}  // namespace backplane::host
