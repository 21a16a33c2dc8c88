#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <vector>

namespace backplane::bench {

// The latency that `share` of the requests stayed within: the smallest value that at least so many
// do not exceed. 0 of nothing. Reorders `latencies`.
inline std::chrono::nanoseconds percentile(std::vector<std::chrono::nanoseconds>& latencies,
                                           double share) {
  if (latencies.empty()) return {};
  const double rank = share * static_cast<double>(latencies.size());
  auto index = static_cast<std::size_t>(rank);
  if (static_cast<double>(index) == rank && index > 0) --index;
  index = std::min(index, latencies.size() - 1);
  const auto place = latencies.begin() + static_cast<std::ptrdiff_t>(index);
  std::nth_element(latencies.begin(), place, latencies.end());
  return *place;
}

}  // namespace backplane::bench
