#include "host/plugin/plugin_text.hpp"

#include <algorithm>

namespace backplane::host {

std::string printable(std::string_view text, std::size_t limit) {
  std::string out(text.substr(0, limit));
  std::replace_if(
      out.begin(), out.end(), [](char c) { return c < 0x20 || c > 0x7e; }, '?');
  if (text.size() > limit) out += "...";
  return out;
}

}  // namespace backplane::host
