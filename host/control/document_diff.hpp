#pragma once

#include <string>
#include <vector>

#include "host/config/app_document.hpp"
#include "host/control/plugin_version.hpp"
#include "host/json/json_writer.hpp"

namespace backplane::host {

// One difference between two documents. A plain value; both sides are compact JSON.
struct DocumentChange {
  std::string path;  // RFC 6901, in the app document
  std::string from;  // empty: `path` is added
  std::string to;    // empty: `path` is removed

  bool operator==(const DocumentChange&) const = default;
};

// In the order of their paths.
using DocumentDiff = std::vector<DocumentChange>;

// [any] What leads from `from` to `to`: whole backends and endpoints that are added or removed, and
// of those that differ the single members, as app_document_writer writes them. Empty exactly when
// the documents are equal. Pure.
DocumentDiff diff(const AppDocument& from, const AppDocument& to);

// [any] Plugins that have another version in `to`, as "/plugins/<name>" with both SHA-256. One that
// comes or goes does so with its backends, which the other diff names. Pure.
DocumentDiff diff(const PluginVersions& from, const PluginVersions& to);

// [any] `[{"op": "replace", "path": …, "from": …, "to": …}]`, as the value that comes next.
void write_diff(const DocumentDiff& diff, JsonWriter& json);

}  // namespace backplane::host
