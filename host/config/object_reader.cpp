#include "host/config/object_reader.hpp"

#include <algorithm>
#include <numeric>

namespace backplane::host {
namespace {

constexpr std::string_view kComment = "$comment";
// Nobody reads more, and a body of a hundred thousand mistakes must not cost as many messages.
constexpr std::size_t kMostErrors = 100;
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

std::string listed(const std::vector<std::string_view>& words) {
  std::string text;
  for (const std::string_view word : words) {
    if (!text.empty()) text += ", ";
    text += word;
  }
  return text;
}

}  // namespace

Error unfit_value(const JsonValue& value, std::string_view wanted) {
  std::string message = "found " + value.found();
  if (!value.key().empty()) message += " for " + quoted_key(value.key());
  message += ", wanted " + std::string(wanted);
  return Error(ErrorCode::kInvalidArgument, std::move(message)).with_pointer(value.pointer());
}

std::vector<JsonValue> named_members(const JsonValue& map, std::vector<Error>& errors) {
  std::vector<JsonValue> members;
  if (!map.is_object()) {
    errors.push_back(unfit_value(map, "an object"));
    return members;
  }
  for (const JsonValue& member : map.children()) {
    if (member.key() != kComment) {
      members.push_back(member);
    } else if (!member.string()) {
      errors.push_back(unfit_value(member, "a string"));
    }
  }
  return members;
}

ObjectReader::ObjectReader(const JsonValue& value, std::vector<Error>& errors)
    : value_(value), errors_(errors) {
  if (!value.is_object()) refuse(value, "an object");
}

std::optional<JsonValue> ObjectReader::take(std::string_view key) {
  known_.push_back(key);
  return value_.find(key);
}

std::optional<JsonValue> ObjectReader::require(std::string_view key) {
  std::optional<JsonValue> found = take(key);
  if (!found && value_.is_object()) {
    errors_.push_back(Error(ErrorCode::kInvalidArgument, "missing_field",
                            "found no '" + std::string(key) + "', which is required")
                          .with_pointer(value_.pointer()));
  }
  return found;
}

bool ObjectReader::read(std::string_view key, bool& field) {
  const std::optional<JsonValue> found = take(key);
  if (!found) return false;
  const std::optional<bool> truth = found->boolean();
  if (!truth) refuse(*found, "true or false");
  field = truth.value_or(field);
  return truth.has_value();
}

bool ObjectReader::read(std::string_view key, std::string& field) {
  const std::optional<JsonValue> found = take(key);
  if (!found) return false;
  const std::optional<std::string_view> text = found->string();
  if (!text) {
    refuse(*found, "a string");
    return false;
  }
  field = *text;
  return true;
}

bool ObjectReader::read(std::string_view key, IntegerRange range,
                        std::chrono::milliseconds& field) {
  const std::optional<std::int64_t> number = read_integer(key, range);
  if (number) field = std::chrono::milliseconds(*number);
  return number.has_value();
}

std::optional<std::size_t> ObjectReader::read_word(std::string_view key,
                                                   std::initializer_list<std::string_view> words) {
  const std::optional<JsonValue> found = take(key);
  if (!found) return std::nullopt;
  const auto* const word = std::find(words.begin(), words.end(), found->string().value_or(""));
  if (word != words.end()) return static_cast<std::size_t>(word - words.begin());
  refuse(*found, "one of " + listed(words));
  return std::nullopt;
}

void ObjectReader::finish() {
  if (!value_.is_object()) return;
  for (const JsonValue& member : named_members(value_, errors_)) {
    if (errors_.size() >= kMostErrors) return;
    if (std::find(known_.begin(), known_.end(), member.key()) != known_.end()) continue;
    std::string message = "unknown key " + quoted_key(member.key());
    const std::string_view meant = meant_by(member.key(), known_);
    if (!meant.empty()) message += ", is '" + std::string(meant) + "' meant?";
    message += " (known: " + listed(known_) + ")";
    errors_.push_back(Error(ErrorCode::kInvalidArgument, "unknown_field", std::move(message))
                          .with_pointer(member.pointer()));
  }
}

void ObjectReader::refuse(const JsonValue& value, std::string_view wanted) {
  errors_.push_back(unfit_value(value, wanted));
}

std::optional<std::int64_t> ObjectReader::read_integer(std::string_view key, IntegerRange range) {
  const std::optional<JsonValue> found = take(key);
  if (!found) return std::nullopt;
  const std::optional<std::int64_t> number = found->integer();
  if (number && *number >= range.least && *number <= range.most) return number;
  refuse(*found,
         "an integer from " + std::to_string(range.least) + " to " + std::to_string(range.most));
  return std::nullopt;
}

}  // namespace backplane::host
