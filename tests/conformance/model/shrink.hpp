#pragma once

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <utility>
#include <vector>

namespace backplane::host {

// The shortest sequence that leaving parts out of `items` leads to while `fails` stays true of it:
// ever smaller parts are tried, in order, and left out where that changes nothing. (The simple one
// of Zeller and Hildebrandt's delta debugging.) `fails(items)` must be true to begin with.
template <typename Item, typename Fails>
std::vector<Item> shrink(std::vector<Item> items, const Fails& fails) {
  for (std::size_t size = std::max<std::size_t>(items.size() / 2, 1); size > 0; size /= 2) {
    std::size_t begin = 0;
    while (begin < items.size()) {
      const auto end = std::min(begin + size, items.size());
      std::vector<Item> rest(items.begin(), std::next(items.begin(), static_cast<long>(begin)));
      rest.insert(rest.end(), std::next(items.begin(), static_cast<long>(end)), items.end());
      if (fails(rest)) {
        items = std::move(rest);
      } else {
        begin = end;
      }
    }
  }
  return items;
}

}  // namespace backplane::host
