#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "host/base/clock.hpp"

namespace backplane::host {

// A call by one of several clients, of something that holds one value and counts its changes.
struct ObservedCall {
  TimePoint begin;
  TimePoint end{};
  // The change that the call was, and what it left there; 0: it changed nothing.
  std::uint64_t made = 0;
  std::string value{};
  // Behind which change it saw the value, where it tells.
  std::optional<std::uint64_t> at{};
  // Whether the answer fits the value that the call saw: of a change, the one before.
  std::function<bool(const std::string& value)> fits{};
  std::string text{};  // for people
};

// [any] Whether the calls could have happened one at a time, each at an instant between its begin
// and its end, beginning with `first` (Herlihy and Wing's linearizability; that changes have
// numbers makes it quick to find out). Empty, or the first call that does not fit. Pure.
std::string first_impossible(std::vector<ObservedCall> calls, const std::string& first);

}  // namespace backplane::host
