#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "host/base/result.hpp"
#include "host/base/status.hpp"
#include "host/json/json_document.hpp"

namespace backplane::host {

// A configuration file that was read and is JSON; says where in it an error is. Owned by whoever
// loads it, for as long as the load takes. Constant; any thread.
class ConfigFile {
 public:
  // [any] Blocks on the file. kNotFound "no_such_file", kInvalidArgument "unreadable_file", and
  // what parse_json refuses; the message begins with the path.
  static Result<ConfigFile> open(const std::filesystem::path& path);

  JsonValue root() const { return document_.root(); }
  // Relative paths in the file start here.
  std::filesystem::path folder() const { return path_.parent_path(); }
  // "config/backplane.json:3:15: found 0 …": the form that editors follow.
  std::string describe(const Error& error) const;
  // The first of `errors`, described, and how many more there are; ok when there are none.
  Status verdict(std::vector<Error> errors) const;

 private:
  ConfigFile(std::filesystem::path path, JsonDocument document)
      : path_(std::move(path)), document_(std::move(document)) {}

  std::filesystem::path path_;
  JsonDocument document_;
};

}  // namespace backplane::host
