#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace backplane::host {

// What a line of a terminal holds, and what no line of a table is longer than.
inline constexpr std::size_t kTextWidth = 100;

// Columns on a terminal: one for each character, which holds for all but East Asian scripts.
std::size_t width_of(std::string_view text);

// `text` in at most `width` columns; cut at its end with "…" where it is longer.
std::string cut_to(std::string_view text, std::size_t width);

// Enough of a digest to tell files apart.
std::string short_digest(std::string_view digest);

// `text`, which others wrote, with everything replaced that would steer a terminal.
std::string printable(std::string_view text);

// Adds the line "title     value" to `text`, the value in column `indent`; nothing where there is
// no value.
void add_line(std::string& text, std::string_view title, const std::string& value,
              std::size_t indent = 12);

}  // namespace backplane::host
