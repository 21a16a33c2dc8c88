#include "host/cli/typed_words.hpp"

#include <charconv>
#include <cmath>
#include <optional>
#include <set>
#include <utility>

#include "host/config/names.hpp"
#include "host/json/json_writer.hpp"

namespace backplane::host {
namespace {

Status as_bad_word(Status status) {
  if (status.ok()) return status;
  return bad_word(status.error().message());
}

std::optional<double> decimal_in(std::string_view word) {
  double number = 0;
  const char* const end = word.data() + word.size();
  const auto read = std::from_chars(word.data(), end, number);
  if (read.ec != std::errc() || read.ptr != end || !std::isfinite(number)) return std::nullopt;
  return number;
}

}  // namespace

Error bad_word(const std::string& message) {
  return {ErrorCode::kInvalidArgument, "bad_option", message};
}

Status check_endpoint_word(std::string_view word) {
  return as_bad_word(check_name("endpoint", word));
}

Status check_backend_word(std::string_view word) {
  return as_bad_word(check_name("backend", word));
}

Status check_plugin_word(std::string_view word) {
  return as_bad_word(check_plugin_name(word));
}

Result<std::uint64_t> read_number(std::string_view what, std::string_view word,
                                  std::uint64_t most) {
  std::uint64_t number = 0;
  const auto read = std::from_chars(word.data(), word.data() + word.size(), number);
  if (read.ec == std::errc() && read.ptr == word.data() + word.size() && number <= most) {
    return number;
  }
  return bad_word("found '" + std::string(word) + "' as " + std::string(what) +
                  ", wanted a number up to " + std::to_string(most));
}

Result<double> read_decimal(std::string_view what, std::string_view word) {
  const auto number = decimal_in(word);
  if (number) return *number;
  return bad_word("found '" + std::string(word) + "' as " + std::string(what) +
                  ", wanted a number such as 0.05");
}

Result<std::string> read_shares(std::span<const std::string> words) {
  std::string json;
  JsonWriter writer(json);
  writer.begin_object();
  std::set<std::string_view> tags;
  for (const std::string_view word : words) {
    const std::size_t sign = word.find('=');
    const std::string_view tag = word.substr(0, sign);
    const auto share =
        sign == std::string_view::npos ? std::nullopt : decimal_in(word.substr(sign + 1));
    if (!share) {
      return bad_word("found '" + std::string(word) + "', wanted BACKEND=NUMBER such as a=0.7");
    }
    Status good = check_backend_word(tag);
    if (!good.ok()) return std::move(good).error();
    if (!tags.insert(tag).second) {
      return bad_word("backend '" + std::string(tag) + "' is named twice");
    }
    writer.member(tag, *share);
  }
  writer.end_object();
  return json;
}

}  // namespace backplane::host
