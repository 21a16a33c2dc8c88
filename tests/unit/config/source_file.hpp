#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <doctest/doctest.h>

namespace backplane::host {

// A file of this checkout: BACKPLANE_SOURCE_DIR is its root.
inline std::filesystem::path source_path(const std::string& path) {
  return std::filesystem::path(BACKPLANE_SOURCE_DIR) / path;
}

inline std::string source_text(const std::string& path) {
  std::ifstream file(source_path(path));
  REQUIRE(file.good());
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace backplane::host
