#include <string>
#include <string_view>

#include <backplane/plugin.hpp>

namespace {

// Descends into nested arrays as deep as they are, a call and 256 bytes for each.
std::size_t depth(std::string_view text) {
  volatile char frame[256];
  frame[0] = '[';
  if (!text.starts_with(frame[0])) return 0;
  const std::size_t below = depth(text.substr(1));
  return frame[0] == '[' ? below + 1 : below;
}

}  // namespace

backplane::Response deep_recursion(const backplane::Request& request) {
  return std::to_string(depth(request.body()));
}

BACKPLANE_PLUGIN("deep_recursion", "1.0.0", backplane::function<deep_recursion>("deep_recursion"));
