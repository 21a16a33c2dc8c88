#include "host/config/app_document_reader.hpp"

#include <iterator>
#include <utility>

#include "host/config/app_document_check.hpp"
#include "host/config/backend_reader.hpp"
#include "host/config/config_file.hpp"
#include "host/config/endpoint_reader.hpp"
#include "host/config/object_reader.hpp"

namespace backplane::host {

AppDocument read_app_document(const JsonValue& root, const AppLimits& limits,
                              std::vector<Error>& errors) {
  AppDocument document;
  ObjectReader reader(root, errors);
  if (const auto backends = reader.take("backends")) {
    for (const JsonValue& value : named_members(*backends, errors)) {
      const std::string tag(value.key());
      document.backends.emplace(tag, read_backend(tag, value, limits, errors));
    }
  }
  if (const auto endpoints = reader.take("endpoints")) {
    for (const JsonValue& value : named_members(*endpoints, errors)) {
      const std::string name(value.key());
      document.endpoints.emplace(name, read_endpoint(name, value, errors));
    }
  }
  reader.finish();
  std::vector<Error> across = check_app_document(document);
  std::move(across.begin(), across.end(), std::back_inserter(errors));
  return document;
}

Result<AppDocument> load_app_document(const std::filesystem::path& path, const AppLimits& limits) {
  Result<ConfigFile> file = ConfigFile::open(path);
  if (!file.ok()) return std::move(file).error();
  std::vector<Error> errors;
  AppDocument document = read_app_document(file.value().root(), limits, errors);
  Status verdict = file.value().verdict(std::move(errors));
  if (!verdict.ok()) return std::move(verdict).error();
  return document;
}

}  // namespace backplane::host
