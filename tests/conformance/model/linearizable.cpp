#include "tests/conformance/model/linearizable.hpp"

#include <algorithm>
#include <limits>
#include <numeric>
#include <utility>

namespace backplane::host {
namespace {

// The value behind each change, counted from `first`; nothing when a change is missing or double.
std::optional<std::vector<std::string>> values_of(const std::vector<ObservedCall>& calls,
                                                  const std::string& first) {
  std::vector<std::optional<std::string>> found{first};
  for (const ObservedCall& call : calls) {
    if (call.made == 0) continue;
    if (call.made >= found.size()) found.resize(call.made + 1);
    if (found[call.made]) return std::nullopt;
    found[call.made] = call.value;
  }
  std::vector<std::string> values;
  for (const auto& value : found) {
    if (!value) return std::nullopt;
    values.push_back(*value);
  }
  return values;
}

// Behind which change a call stands at the latest: before any that began when it was over.
class LatestPlaces {
 public:
  explicit LatestPlaces(const std::vector<ObservedCall>& calls) {
    for (const ObservedCall& call : calls) {
      if (call.made > 0) changes_.emplace_back(call.begin, call.made);
    }
    std::sort(changes_.begin(), changes_.end());
    std::uint64_t least = std::numeric_limits<std::uint64_t>::max();
    for (auto change = changes_.rbegin(); change != changes_.rend(); ++change) {
      change->second = least = std::min(least, change->second);
    }
  }

  std::uint64_t of(const ObservedCall& call) const {
    const auto behind =
        std::upper_bound(changes_.begin(), changes_.end(), call.end,
                         [](TimePoint end, const auto& change) { return end < change.first; });
    return behind == changes_.end() ? changes_.size() : behind->second - 1;
  }

 private:
  // When each began, and the least number of it and those that began later.
  std::vector<std::pair<TimePoint, std::uint64_t>> changes_;
};

// The earliest place of `call` between the two, which leaves the others most room.
std::optional<std::uint64_t> place_of(const ObservedCall& call, std::uint64_t earliest,
                                      std::uint64_t latest,
                                      const std::vector<std::string>& values) {
  if (call.made > 0) {
    const bool in_time = earliest < call.made && call.made <= latest;
    return in_time && call.fits(values[call.made - 1]) ? std::optional(call.made) : std::nullopt;
  }
  for (std::uint64_t place = earliest; place <= latest; ++place) {
    if ((!call.at || *call.at == place) && call.fits(values[place])) return place;
  }
  return std::nullopt;
}

}  // namespace

std::string first_impossible(std::vector<ObservedCall> calls, const std::string& first) {
  const auto values = values_of(calls, first);
  if (!values) return "changes are missing, or two have one number";
  std::sort(calls.begin(), calls.end(),
            [](const ObservedCall& a, const ObservedCall& b) { return a.begin < b.begin; });
  std::vector<std::size_t> by_end(calls.size());
  std::iota(by_end.begin(), by_end.end(), std::size_t{0});
  std::sort(by_end.begin(), by_end.end(),
            [&calls](std::size_t a, std::size_t b) { return calls[a].end < calls[b].end; });
  const LatestPlaces latest(calls);
  std::vector<std::uint64_t> places;
  std::uint64_t earliest = 0;  // of those that ended before the one that is looked at
  auto ended = by_end.begin();
  for (const ObservedCall& call : calls) {
    for (; ended != by_end.end() && calls[*ended].end < call.begin; ++ended) {
      earliest = std::max(earliest, places[*ended]);
    }
    const auto place = place_of(call, earliest, latest.of(call), *values);
    if (!place) return call.text;
    places.push_back(*place);
  }
  return {};
}

}  // namespace backplane::host
