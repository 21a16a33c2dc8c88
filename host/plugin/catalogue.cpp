#include "host/plugin/catalogue.hpp"

#include <utility>

#include "host/plugin/plugin_text.hpp"
#include "host/plugin/sha256.hpp"

namespace backplane::host {

Result<std::vector<CatalogueEntry>> Catalogue::scan() {
  auto files = directory_.candidates();
  if (!files.ok()) return std::move(files).error();
  std::map<std::string, CatalogueEntry> known;
  std::vector<CatalogueEntry> entries;
  for (const std::string& file : files.value()) {
    CatalogueEntry entry = read(file);
    known.emplace(file, entry);
    check_trust(entry);  // each time: a signature may come and go while its plugin stays
    entries.push_back(std::move(entry));
  }
  known_ = std::move(known);
  return entries;
}

CatalogueEntry Catalogue::read(const std::string& file) const {
  const std::string name = printable(file.substr(0, file.size() - 3), 64);
  auto dropped = directory_.open(file);
  if (!dropped.ok()) return {name, file, {}, {}, std::move(dropped).error()};
  const FileIdentity identity = dropped.value().identity;
  const auto before = known_.find(file);
  if (before != known_.end() && before->second.identity == identity) return before->second;

  auto report = preflight(dropped.value().fd.get(), policy_);
  if (!report.ok()) return {name, file, identity, {}, std::move(report)};
  auto digest = sha256_of(dropped.value().fd.get());
  if (!digest.ok()) return {name, file, {}, {}, std::move(digest).error()};
  return {name, file, identity, std::move(digest).value(), std::move(report)};
}

void Catalogue::check_trust(CatalogueEntry& entry) const {
  if (!entry.report.ok()) return;
  Status trusted = trust_.check(entry.name, entry.sha256, directory_.read_signature(entry.file));
  if (!trusted.ok()) entry.report = std::move(trusted).error();
}

}  // namespace backplane::host
