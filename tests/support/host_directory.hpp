#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/support/temporary_directory.hpp"

namespace backplane::host {

// What `backplane serve` is started with: a directory with config.json, app.json, plugins/ and
// state/, for ports that the kernel chooses and without an admin token. Owned by the test case;
// its thread.
class HostDirectory {
 public:
  // Copies `plugins` (stems of files of the build) into plugins/.
  explicit HostDirectory(const std::vector<std::string>& plugins = {});

  const std::filesystem::path& path() const { return directory_.path(); }
  std::filesystem::path plugins() const { return path() / "plugins"; }

  // Writes config.json: the usual one plus `members`, which begin with a comma. Members `data` and
  // `admin` are given by their ports.
  void write_config(const std::string& members = {}, std::uint16_t data_port = 0,
                    std::uint16_t admin_port = 0) const;
  void write_app(const std::string& json) const { write("app.json", json); }
  void write(const std::string& file, const std::string& bytes) const;

  // The arguments of a host that uses all this.
  std::vector<std::string> serve_arguments() const;

 private:
  TemporaryDirectory directory_;
};

}  // namespace backplane::host
