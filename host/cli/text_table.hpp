#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "host/cli/text_cells.hpp"

namespace backplane::host {

enum class Align : std::uint8_t { kLeft, kRight };

struct TableColumn {
  std::string title;
  Align align = Align::kLeft;
};

// A table for people. A local variable of whoever renders; one thread.
class TextTable {
 public:
  explicit TextTable(std::vector<TableColumn> columns) : columns_(std::move(columns)) {}

  // One cell for each column.
  void add(std::vector<std::string> cells);
  bool empty() const { return rows_.empty(); }

  // The titles and the rows, a line each. Where they do not fit, the widest columns of text lose
  // what is too much; numbers are never cut.
  std::string text(std::size_t width = kTextWidth) const;

 private:
  std::vector<std::size_t> widths(std::size_t width) const;

  std::vector<TableColumn> columns_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace backplane::host
