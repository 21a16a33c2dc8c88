#include "host/cli/input_file.hpp"

#include <filesystem>
#include <fstream>
#include <iostream>
#include <system_error>

namespace backplane::host {

Result<std::string> read_input_file(const std::string& path, std::size_t largest) {
  std::error_code failed;
  const bool is_input = path == "-";
  if (!is_input && !std::filesystem::exists(path, failed)) {
    return Error(ErrorCode::kNotFound, "no_such_file", path + ": no such file");
  }
  std::ifstream file;
  if (!is_input) file.open(path, std::ios::binary);
  std::istream& stream = is_input ? std::cin : file;
  std::string text(largest + 1, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  // Only what was read to its end was read.
  if (!stream.eof() && !stream.good()) {
    return Error(ErrorCode::kInvalidArgument, "unreadable_file", path + ": cannot be read");
  }
  text.resize(static_cast<std::size_t>(stream.gcount()));
  if (text.size() <= largest) return text;
  return Error(ErrorCode::kInvalidArgument, "unreadable_file",
               path + ": holds more than " + std::to_string(largest) + " bytes");
}

}  // namespace backplane::host
