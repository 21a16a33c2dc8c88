#include "host/config/config_file.hpp"

#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

#include "host/json/json_reader.hpp"

namespace backplane::host {
namespace {

constexpr std::size_t kLargestFile = std::size_t{4} * 1024 * 1024;

Result<std::string> text_of(const std::filesystem::path& path) {
  std::error_code failed;
  const auto kind = std::filesystem::status(path, failed).type();
  if (kind == std::filesystem::file_type::not_found) {
    return Error(ErrorCode::kNotFound, "no_such_file", path.string() + ": no such file");
  }
  // A directory opens and reads as empty; a FIFO would block for ever.
  if (kind != std::filesystem::file_type::regular) {
    return Error(ErrorCode::kInvalidArgument, "unreadable_file",
                 path.string() + ": not a regular file");
  }
  std::ifstream file(path, std::ios::binary);
  std::string text(kLargestFile + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!file.eof() && !file.good()) {
    return Error(ErrorCode::kInvalidArgument, "unreadable_file",
                 path.string() + ": cannot be read");
  }
  text.resize(static_cast<std::size_t>(file.gcount()));
  return text;
}

}  // namespace

Result<ConfigFile> ConfigFile::open(const std::filesystem::path& path) {
  Result<std::string> text = text_of(path);
  if (!text.ok()) return std::move(text).error();
  JsonLimits limits;
  limits.max_bytes = kLargestFile;
  Result<JsonDocument> document = parse_json(text.value(), limits);
  if (!document.ok()) return std::move(document).error().with_context(path.string());
  return ConfigFile(path, std::move(document).value());
}

std::string ConfigFile::describe(const Error& error) const {
  const TextPlace place = document_.place_of_pointer(error.pointer());
  std::string text =
      path_.string() + ":" + std::to_string(place.line) + ":" + std::to_string(place.column) + ": ";
  if (!error.pointer().empty()) text += error.pointer() + ": ";
  return text + error.message();
}

Status ConfigFile::verdict(std::vector<Error> errors) const {
  if (errors.empty()) return {};
  const Error& first = errors.front();
  std::string message = describe(first);
  if (errors.size() > 1) {
    message += " (and " + std::to_string(errors.size() - 1) + " more; 'backplane check' lists all)";
  }
  return Error(first.code(), std::string(first.reason()), std::move(message))
      .with_pointer(first.pointer());
}

}  // namespace backplane::host
