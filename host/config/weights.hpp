#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "host/base/result.hpp"

namespace backplane::host {

// Backend tag -> its share of an endpoint's traffic. Checked ones sum to 1.
using Weights = std::map<std::string, double>;

inline constexpr std::size_t kMaxWeights = 64;
// How far a sum may be from 1 before it is a mistake and not a rounding.
inline constexpr double kWeightTolerance = 1e-3;

// `entries` as they were written, checked and normalised to sum to 1. Pure.
// kInvalidArgument "invalid_weights": none, more than kMaxWeights, a tag twice, one that is
// negative or not finite, all zero, or a sum further than kWeightTolerance from 1. The error's
// pointer is below `pointer`, the place of the weights in their document.
Result<Weights> check_weights(const std::vector<std::pair<std::string, double>>& entries,
                              std::string_view pointer);

}  // namespace backplane::host
