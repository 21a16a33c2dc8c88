#include "tests/support/metrics_text.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <limits>

namespace backplane::host {
namespace {

constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";
constexpr std::string_view kDigits = "0123456789";

// The longest name at the front of `text`, taken off it; empty when there is none.
std::string take_name(std::string_view& text, bool colons) {
  std::string allowed(kLetters);
  if (colons) allowed += ':';
  if (text.empty() || allowed.find(text.front()) == std::string::npos) return {};
  allowed += kDigits;
  const std::string_view name = text.substr(0, text.find_first_not_of(allowed));
  text.remove_prefix(name.size());
  return std::string(name);
}

bool take(std::string_view& text, std::string_view word) {
  if (!text.starts_with(word)) return false;
  text.remove_prefix(word.size());
  return true;
}

std::optional<double> parse_value(std::string_view text) {
  if (text == "+Inf") return std::numeric_limits<double>::infinity();
  const std::string copy(text);
  char* end = nullptr;
  const double value = std::strtod(copy.c_str(), &end);
  if (copy.empty() || *end != '\0' || copy.front() == ' ') return std::nullopt;
  return value;
}

bool ends_in(const std::string& text, std::string_view end) {
  return std::string_view(text).ends_with(end);
}

}  // namespace

MetricsText::MetricsText(std::string_view text) {
  while (!text.empty()) {
    ++line_;
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) {
      refuse("the last line does not end");
      break;
    }
    read_line(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  check_histograms();
}

void MetricsText::refuse(const std::string& what) {
  errors_.push_back("line " + std::to_string(line_) + ": " + what);
}

void MetricsText::read_line(std::string_view line) {
  if (line.empty()) return;
  if (line.front() == '#') return read_comment(line);
  read_sample(line);
}

void MetricsText::read_comment(std::string_view line) {
  const bool is_help = take(line, "# HELP ");
  if (!is_help && !take(line, "# TYPE ")) return refuse("a comment of another kind");
  const std::string name = take_name(line, true);
  if (name.empty() || !take(line, " ") || line.empty()) return refuse("no name, or nothing after");
  if (is_help) {
    if (types_.count(name) > 0) refuse("a second HELP for " + name);
    help_ = name;
    return;
  }
  if (name != help_) refuse("TYPE of " + name + " does not follow its HELP");
  if (!types_.emplace(name, line).second) refuse("a second TYPE for " + name);
  family_ = name;
  const std::array kinds{"counter", "gauge", "histogram"};
  if (std::find(kinds.begin(), kinds.end(), line) == kinds.end()) refuse("an unknown type");
  if ((line == "counter") != ends_in(name, "_total")) refuse(name + " is a " + std::string(line));
}

std::string MetricsText::type_of_sample(const std::string& name) const {
  if (const auto found = types_.find(name); found != types_.end()) return found->second;
  for (const std::string_view end : {"_bucket", "_sum", "_count"}) {
    if (!ends_in(name, end)) continue;
    const auto found = types_.find(name.substr(0, name.size() - end.size()));
    if (found != types_.end() && found->second == "histogram") return "histogram";
  }
  return {};
}

void MetricsText::read_sample(std::string_view line) {
  const std::string name = take_name(line, true);
  Labels labels;
  if (name.empty() || !read_labels(line, labels) || !take(line, " ")) {
    return refuse("not a sample: " + std::string(line));
  }
  const std::optional<double> value = parse_value(line);
  if (!value) return refuse("not a number: " + std::string(line));
  const bool is_histogram = types_[family_] == "histogram";
  const bool belongs = is_histogram ? name == family_ + "_bucket" || name == family_ + "_sum" ||
                                          name == family_ + "_count"
                                    : name == family_;
  if (!belongs) refuse(name + " stands in the family " + family_);
  if (!values_.emplace(std::pair(name, labels), *value).second) refuse("a second " + name);
  if (is_histogram && ends_in(name, "_bucket")) check_bucket(family_, labels, *value);
}

bool MetricsText::read_labels(std::string_view& rest, Labels& labels) {
  if (!take(rest, "{")) return true;
  std::string before;
  do {
    const std::string name = take_name(rest, false);
    if (name.empty() || !take(rest, "=\"")) return false;
    const auto value = read_label_value(rest);
    if (!value) return false;
    // "le" stands where the serializer puts it, which is last.
    if (name != "le" && name <= before) refuse("label " + name + " stands after " + before);
    before = name;
    if (!labels.emplace(name, *value).second) refuse("label " + name + " stands twice");
  } while (take(rest, ","));
  return take(rest, "}");
}

std::optional<std::string> MetricsText::read_label_value(std::string_view& rest) {
  std::string value;
  while (!rest.empty()) {
    if (take(rest, "\"")) return value;
    if (take(rest, R"(\\)")) {
      value += '\\';
    } else if (take(rest, R"(\")")) {
      value += '"';
    } else if (take(rest, R"(\n)")) {
      value += '\n';
    } else if (rest.front() == '\\') {
      return std::nullopt;
    } else {
      value += rest.front();
      rest.remove_prefix(1);
    }
  }
  return std::nullopt;
}

void MetricsText::check_bucket(const std::string& name, Labels labels, double value) {
  const std::optional<double> bound = parse_value(labels["le"]);
  if (!bound) return refuse("a bucket without a bound");
  labels.erase("le");
  const auto [last, added] = buckets_.try_emplace({name, labels}, *bound, value);
  if (added) return;
  if (*bound <= last->second.first) refuse("bounds of " + name + " do not grow");
  if (value < last->second.second) refuse("counts of " + name + " do not grow");
  last->second = {*bound, value};
}

void MetricsText::check_histograms() {
  for (const auto& [series, last] : buckets_) {
    const auto& [name, labels] = series;
    if (last.first != std::numeric_limits<double>::infinity())
      refuse(name + " does not end in +Inf");
    if (value(name + "_count", labels) != last.second) refuse(name + ": +Inf is not _count");
    if (!value(name + "_sum", labels)) refuse(name + " has no _sum");
  }
}

std::optional<double> MetricsText::value(const std::string& name, const Labels& labels) const {
  const auto found = values_.find({name, labels});
  if (found == values_.end()) return std::nullopt;
  return found->second;
}

double MetricsText::sum(const std::string& name, const Labels& labels) const {
  double total = 0;
  for (const auto& [series, value] : values_) {
    const Labels& has = series.second;
    const bool fits =
        series.first == name && std::includes(has.begin(), has.end(), labels.begin(), labels.end());
    if (fits) total += value;
  }
  return total;
}

}  // namespace backplane::host
