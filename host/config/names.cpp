#include "host/config/names.hpp"

#include <algorithm>
#include <string>

namespace backplane::host {
namespace {

constexpr std::size_t kLongestName = 63;
constexpr std::size_t kLongestPluginName = 64;
constexpr std::size_t kLongestQuoted = 80;

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool all_of(std::string_view name, std::string_view others) {
  return std::all_of(name.begin(), name.end(), [others](char c) {
    return is_plain(c) || others.find(c) != std::string_view::npos;
  });
}

// What the name is said to be: whoever sends a name of a megabyte gets a short answer.
std::string quoted(std::string_view name) {
  if (name.size() > kLongestQuoted) return "a name of " + std::to_string(name.size()) + " bytes";
  return "'" + std::string(name) + "'";
}

Error refuse(std::string reason, std::string_view what, std::string_view name,
             std::string_view wanted) {
  return {ErrorCode::kMalformed, std::move(reason),
          "found " + quoted(name) + " as " + std::string(what) + ", wanted " + std::string(wanted)};
}

}  // namespace

Status check_name(std::string_view what, std::string_view name) {
  const bool fits = !name.empty() && name.size() <= kLongestName && is_plain(name.front()) &&
                    is_plain(name.back()) && all_of(name, "_-");
  if (fits) return {};
  return refuse("bad_name", what, name,
                "1 to 63 of a-z, 0-9, '_' and '-', with a letter or digit at both ends");
}

Status check_plugin_name(std::string_view name) {
  const bool fits = !name.empty() && name.size() <= kLongestPluginName && is_plain(name.front()) &&
                    all_of(name, "_.-");
  if (fits) return {};
  return refuse("bad_plugin_name", "the name of a plugin", name,
                "1 to 64 of a-z, 0-9, '_', '.' and '-', with a letter or digit first");
}

Status check_handler_name(std::string_view name) {
  if (!name.empty() && name.size() <= kLongestPluginName && all_of(name, "_.-")) return {};
  return refuse("bad_name", "the name of a handler", name, "1 to 64 of a-z, 0-9, '_', '.' and '-'");
}

}  // namespace backplane::host
