#include <algorithm>
#include <filesystem>
#include <map>
#include <string>

#include <doctest/doctest.h>

#include "host/plugin/catalogue.hpp"
#include "host/plugin/preflight_code.hpp"
#include "tests/unit/plugin/temporary_directory.hpp"

namespace backplane::host {
namespace {

// What preflight says of each file that the linker was made to spoil.
const std::map<std::string, std::string>& expected() {
  static const std::map<std::string, std::string> verdicts = {
    {"exec_stack", "exec_stack"},
    {"extra_export", "warning extra_exports"},
    {"future_major", "abi_major_mismatch"},
    {"interpreter", "is_executable"},
    {"missing_entry", "no_entry_symbol"},
    {"needed_not_allowed", "needed_not_allowed"},
    {"needs_newer_host", "host_too_old"},
    {"no_note", "no_backplane_note"},
    {"nodelete", "nodelete"},
    {"rpath", "rpath"},
    {"runpath", "rpath"},
    {"static_constructor", "warning static_constructors"},
    {"static_tls", "static_tls"},
    {"textrel", "textrel"},
#if defined(__clang__)
    {"unique_symbol", "warning extra_exports"},  // clang makes no unique symbols
#else
    {"unique_symbol", "gnu_unique_symbol"},
#endif
    {"well_formed", "accepted"},
    {"write_exec_segment", "write_exec_segment"}
  };
  return verdicts;
}

std::string verdict(const CatalogueEntry& entry) {
  if (!entry.report.ok()) return std::string(entry.report.error().reason());
  const auto& warnings = entry.report.value().warnings;
  return warnings.empty() ? "accepted" : "warning " + warnings[0].code;
}

}  // namespace

TEST_SUITE("plugin") {
  TEST_CASE("B02 B03 B05 preflight: each file of the corpus has its code, and words what to do") {
    const TemporaryDirectory folder;
    for (const auto& file : std::filesystem::directory_iterator(BACKPLANE_CORPUS)) {
      folder.copy(file.path(), file.path().filename());
    }
    Catalogue catalogue(PluginDirectory(folder.path()), PreflightPolicy());
    const auto scanned = catalogue.scan();
    REQUIRE(scanned.ok());
    std::map<std::string, std::string> found;
    for (const CatalogueEntry& entry : scanned.value()) {
      found[entry.name] = verdict(entry);
      if (!entry.report.ok()) {
        CHECK_FALSE(entry.report.error().message().empty());
        CHECK_FALSE(advice_for(entry.report.error().reason()).empty());
      }
    }
    for (const auto& wanted : expected()) {
      CAPTURE(wanted.first);
      CHECK(found[wanted.first] == wanted.second);
    }
    CHECK(found.size() == expected().size());
  }
}

}  // namespace backplane::host
