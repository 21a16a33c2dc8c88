#include "host/plugin/load_failure.hpp"

#include <algorithm>
#include <utility>

#include "host/plugin/plugin_text.hpp"

namespace backplane::host {
namespace {

Error failure(std::string reason, std::string message) {
  return {ErrorCode::kInvalidArgument, std::move(reason), std::move(message)};
}

// `text` with every path cut to its last component.
std::string without_folders(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(" '\"():"), text.size() - 1) + 1;
    std::string_view word = text.substr(0, end);
    const std::size_t slash = word.rfind('/');
    if (slash != std::string_view::npos) word.remove_prefix(slash + 1);
    out += word;
    text.remove_prefix(end);
  }
  return out;
}

std::string_view first_word(std::string_view text) {
  return text.substr(0, text.find_first_of(" \t\n,;)"));
}

}  // namespace

Error load_failure(std::string_view text, std::string_view path) {
  // glibc begins with the object it was busy with.
  if (text.starts_with(path)) {
    text.remove_prefix(path.size());
    while (text.starts_with(':') || text.starts_with(' ')) text.remove_prefix(1);
  }
  constexpr std::string_view kUndefined = "undefined symbol: ";
  const std::size_t undefined = text.find(kUndefined);
  if (undefined != std::string_view::npos) {
    const std::string_view symbol = first_word(text.substr(undefined + kUndefined.size()));
    return failure("plugin_symbol",
                   "the symbol '" + printable(symbol, 256) + "' is used and defined nowhere");
  }
  if (text.find("cannot open shared object file") != std::string_view::npos) {
    const std::string library = without_folders(text.substr(0, text.find(':')));
    return failure("plugin_dependency", "the library '" + printable(library) + "' cannot be found");
  }
  if (text.find("version `") != std::string_view::npos) {
    return failure("plugin_dependency", printable(without_folders(text), 400));
  }
  return failure("plugin_load_failed",
                 "the loader refuses it: " + printable(without_folders(text), 400));
}

}  // namespace backplane::host
