#include "host/config/object_reader.hpp"

#include <algorithm>

#include "host/json/value_errors.hpp"

namespace backplane::host {
namespace {

constexpr std::string_view kComment = "$comment";
// Nobody reads more, and a body of a hundred thousand mistakes must not cost as many messages.
constexpr std::size_t kMostErrors = 100;

}  // namespace

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
  if (!found && value_.is_object()) errors_.push_back(missing_member(value_, key));
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
    errors_.push_back(unknown_member(member, known_));
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
