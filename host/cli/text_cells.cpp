#include "host/cli/text_cells.hpp"

#include <algorithm>

#include "host/json/utf8.hpp"

namespace backplane::host {
namespace {

constexpr std::string_view kEllipsis = "…";

bool starts_character(char byte) {
  return (static_cast<unsigned char>(byte) & 0xc0U) != 0x80U;
}

}  // namespace

std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), starts_character));
}

std::string cut_to(std::string_view text, std::size_t width) {
  if (width_of(text) <= width) return std::string(text);
  std::size_t kept = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (starts_character(text[at]) && ++kept == width) {
      return std::string(text.substr(0, at)) + std::string(kEllipsis);
    }
  }
  return {};
}

std::string short_digest(std::string_view digest) {
  return std::string(digest.substr(0, 12));
}

std::string printable(std::string_view text) {
  std::string clean = to_utf8(text);
  for (std::size_t at = 0; at < clean.size(); ++at) {
    const auto byte = static_cast<unsigned char>(clean[at]);
    if (byte < 0x20 || byte == 0x7f) clean[at] = ' ';
    // U+0080 to U+009F, which some terminals obey as well.
    const bool is_c1 = byte == 0xc2 && static_cast<unsigned char>(clean[at + 1]) < 0xa0;
    if (is_c1) clean.replace(at, 2, " ");
  }
  return clean;
}

void add_line(std::string& text, std::string_view title, const std::string& value,
              std::size_t indent) {
  if (value.empty()) return;
  text += title;
  text.append(title.size() < indent ? indent - title.size() : 1, ' ');
  text += printable(value) + "\n";
}

}  // namespace backplane::host
