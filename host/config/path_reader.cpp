#include "host/config/path_reader.hpp"

namespace backplane::host {

// Any string that the file system could take.
std::optional<std::filesystem::path> read_path(ObjectReader& reader, std::string_view key,
                                               const std::filesystem::path& folder) {
  const std::optional<JsonValue> value = reader.take(key);
  if (!value) return std::nullopt;
  const std::string_view text = value->string().value_or("");
  if (text.empty() || text.find('\0') != std::string_view::npos) {
    reader.refuse(*value, "a path");
    return std::nullopt;
  }
  return (folder / text).lexically_normal();
}

}  // namespace backplane::host
