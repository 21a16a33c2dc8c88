#include "host/cli/text_table.hpp"

#include <algorithm>
#include <numeric>
#include <string_view>

namespace backplane::host {
namespace {

constexpr std::string_view kGap = "  ";

std::string line_of(const std::vector<TableColumn>& columns, const std::vector<std::size_t>& widths,
                    const std::vector<std::string>& cells) {
  std::string line;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const std::string cell = cut_to(cells[i], widths[i]);
    const std::string padding(widths[i] - width_of(cell), ' ');
    if (i > 0) line += kGap;
    line += columns[i].align == Align::kRight ? padding + cell : cell + padding;
  }
  line.erase(line.find_last_not_of(' ') + 1);
  return line + "\n";
}

}  // namespace

void TextTable::add(std::vector<std::string> cells) {
  for (std::string& cell : cells) cell = printable(cell);
  cells.resize(columns_.size());
  rows_.push_back(std::move(cells));
}

std::string TextTable::text(std::size_t width) const {
  const std::vector<std::size_t> fitting = widths(width);
  std::vector<std::string> titles;
  titles.reserve(columns_.size());
  for (const TableColumn& column : columns_) titles.push_back(column.title);
  std::string text = line_of(columns_, fitting, titles);
  for (const auto& row : rows_) text += line_of(columns_, fitting, row);
  return text;
}

std::vector<std::size_t> TextTable::widths(std::size_t width) const {
  std::vector<std::size_t> widths;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    std::size_t widest = width_of(columns_[i].title);
    for (const auto& row : rows_) widest = std::max(widest, width_of(row[i]));
    widths.push_back(widest);
  }
  const std::size_t gaps = kGap.size() * (columns_.empty() ? 0 : columns_.size() - 1);
  while (std::accumulate(widths.begin(), widths.end(), gaps) > width) {
    std::size_t* widest = nullptr;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const bool may_shrink =
          columns_[i].align == Align::kLeft && widths[i] > width_of(columns_[i].title);
      if (may_shrink && (widest == nullptr || widths[i] > *widest)) widest = &widths[i];
    }
    if (widest == nullptr) break;
    --*widest;
  }
  return widths;
}

}  // namespace backplane::host
