#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "host/message/headers.hpp"

namespace backplane::host {

// Finds the endpoint that a path belongs to: an exact route first, then the longest prefix route
// (`/files/*` covers everything below `/files/`, not `/files` itself), then routes with `{param}`
// segments, each standing for one non-empty segment. A plain value, constant once built.
class RouteTable {
 public:
  // `route` has passed config's check; `endpoint` is what find() will say.
  void add(std::string_view route, std::size_t endpoint);
  std::optional<std::size_t> find(std::string_view path) const;

 private:
  // Keys are registered routes, so nobody outside chooses what collides in the map.
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view path) const;
  };
  struct Equal {
    using is_transparent = void;
    bool operator()(std::string_view a, std::string_view b) const { return is_same(a, b); }
  };
  struct Prefix {
    std::string path;  // with the last '/'
    std::size_t endpoint;
  };
  struct Pattern {
    std::string route;
    std::size_t endpoint;
  };

  std::unordered_map<std::string, std::size_t, Hash, Equal> exact_;
  std::vector<Prefix> prefixes_;  // longest first
  std::vector<Pattern> patterns_;
};

// Whether `path` fits `route` segment by segment, `{…}` fitting any non-empty one. Pure.
bool matches_pattern(std::string_view route, std::string_view path);

}  // namespace backplane::host
