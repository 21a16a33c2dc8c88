#include "host/admin/rate_meter.hpp"

#include <chrono>
#include <utility>

namespace backplane::host {

std::map<std::string, double> RateMeter::measure(std::map<std::string, std::uint64_t> totals,
                                                 TimePoint now) {
  const double seconds = std::chrono::duration<double>(now - then_).count();
  std::map<std::string, double> rates;
  for (const auto& [name, total] : totals) {
    const auto before = totals_.find(name);
    const bool grown = before != totals_.end() && total >= before->second && seconds > 0;
    rates[name] = grown ? static_cast<double>(total - before->second) / seconds : 0;
  }
  totals_ = std::move(totals);
  then_ = now;
  return rates;
}

}  // namespace backplane::host
