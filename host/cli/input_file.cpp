#include "host/cli/input_file.hpp"

#include <filesystem>
#include <fstream>
#include <iostream>
#include <system_error>
#include <vector>

namespace backplane::host {
namespace {

constexpr std::size_t kPiece = std::size_t{64} << 10U;

}  // namespace

Result<std::string> read_input_file(const std::string& path, std::size_t largest) {
  std::error_code failed;
  const bool is_input = path == "-";
  if (!is_input && !std::filesystem::exists(path, failed)) {
    return Error(ErrorCode::kNotFound, "no_such_file", path + ": no such file");
  }
  std::ifstream file;
  if (!is_input) file.open(path, std::ios::binary);
  std::istream& stream = is_input ? std::cin : file;
  // Piece by piece, for what may be read is far more than what most files hold.
  std::string text;
  std::vector<char> piece(kPiece);
  do {
    stream.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    text.append(piece.data(), static_cast<std::size_t>(stream.gcount()));
  } while (stream.good() && text.size() <= largest);
  // Only what was read to its end was read.
  if (!stream.eof() && !stream.good()) {
    return Error(ErrorCode::kInvalidArgument, "unreadable_file", path + ": cannot be read");
  }
  if (text.size() <= largest) return text;
  return Error(ErrorCode::kInvalidArgument, "unreadable_file",
               path + ": holds more than " + std::to_string(largest) + " bytes");
}

}  // namespace backplane::host
