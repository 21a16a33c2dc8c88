#pragma once

#include <map>
#include <string>
#include <vector>

#include "host/base/result.hpp"
#include "host/plugin/plugin_directory.hpp"
#include "host/plugin/plugin_trust.hpp"
#include "host/plugin/preflight.hpp"

namespace backplane::host {

// One *.so of the plugin directory and what is to be said of it without loading it. A plain value.
struct CatalogueEntry {
  std::string name;  // the plugin's name in the host: the file's without ".so"
  std::string file;
  FileIdentity identity;  // zeros when the file could not be opened
  std::string sha256;     // empty when preflight refused the file
  Result<PreflightReport> report;
};

// The files of the plugin directory, read without running any of their code. Remembers what it
// has read, so that a file is read again only when it changed. Owned by control; one thread.
class Catalogue {
 public:
  Catalogue(PluginDirectory directory, PreflightPolicy policy, PluginTrust trust = {})
      : directory_(std::move(directory)), policy_(std::move(policy)), trust_(std::move(trust)) {}

  const PluginDirectory& directory() const { return directory_; }

  // [control] One entry for each candidate, sorted by file name; bad ones carry their error.
  // kUnavailable "plugin_directory": the directory cannot be read. Blocks on the disk.
  Result<std::vector<CatalogueEntry>> scan();

 private:
  CatalogueEntry read(const std::string& file) const;
  void check_trust(CatalogueEntry& entry) const;

  PluginDirectory directory_;
  PreflightPolicy policy_;
  PluginTrust trust_;
  std::map<std::string, CatalogueEntry> known_;  // by file
};

}  // namespace backplane::host
