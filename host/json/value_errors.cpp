#include "host/json/value_errors.hpp"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <utility>

namespace backplane::host {
namespace {

constexpr std::size_t kLongestKey = 64;  // nobody types a longer one by mistake

// Levenshtein's distance, in bytes.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

// The known key that `key` is probably meant to be: two letters or a third of it
// mistyped, or one the beginning of the other, as a key without its unit is.
std::string_view meant_by(std::string_view key, const std::vector<std::string_view>& known) {
  if (key.size() < 3 || key.size() > kLongestKey) return {};
  std::string_view best;
  std::size_t least = std::max<std::size_t>(2, key.size() / 3) + 1;
  for (const std::string_view candidate : known) {
    const bool begins = candidate.starts_with(key) || key.starts_with(candidate);
    const std::size_t found = begins ? 1 : distance(key, candidate);
    if (found < least) {
      least = found;
      best = candidate;
    }
  }
  return best;
}

std::string quoted_key(std::string_view key) {
  if (key.size() > kLongestKey) return "of " + std::to_string(key.size()) + " bytes";
  return "'" + std::string(key) + "'";
}

}  // namespace

Error unfit_value(const JsonValue& value, std::string_view wanted) {
  std::string message = "found " + value.found();
  if (!value.key().empty()) message += " for " + quoted_key(value.key());
  message += ", wanted " + std::string(wanted);
  return Error(ErrorCode::kInvalidArgument, std::move(message)).with_pointer(value.pointer());
}

Error missing_member(const JsonValue& object, std::string_view key) {
  return Error(ErrorCode::kInvalidArgument, "missing_field",
               "found no '" + std::string(key) + "', which is required")
      .with_pointer(object.pointer());
}

Error unknown_member(const JsonValue& member, const std::vector<std::string_view>& known) {
  std::string message = "unknown key " + quoted_key(member.key());
  const std::string_view meant = meant_by(member.key(), known);
  if (!meant.empty()) message += ", is '" + std::string(meant) + "' meant?";
  message += " (known: " + listed(known) + ")";
  return Error(ErrorCode::kInvalidArgument, "unknown_field", std::move(message))
      .with_pointer(member.pointer());
}

std::string listed(const std::vector<std::string_view>& words) {
  std::string text;
  for (const std::string_view word : words) {
    if (!text.empty()) text += ", ";
    text += word;
  }
  return text;
}

}  // namespace backplane::host
