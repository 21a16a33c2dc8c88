#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "host/base/clock.hpp"

namespace backplane::host {

// Turns counts that only grow into rates. A plain value; one thread.
class RateMeter {
 public:
  // Per second, of each name of `totals`, since the reading before at `now`; 0 for a name that is
  // new or whose count has begun anew, and for every name the first time.
  std::map<std::string, double> measure(std::map<std::string, std::uint64_t> totals, TimePoint now);

 private:
  std::map<std::string, std::uint64_t> totals_;
  TimePoint then_{};
};

}  // namespace backplane::host
