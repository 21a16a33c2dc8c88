#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/host_directory.hpp"
#include "tests/support/host_process.hpp"

namespace backplane::host {

// A host process that serves hello as backends blue and green behind endpoint split, and textstats;
// and the program's other commands, asked about it. Owned by a test case; its thread.
class ServedHost {
 public:
  // `members` go into the host configuration; they begin with a comma.
  explicit ServedHost(const std::string& members = {});
  // One that serves `app` instead, of plugin files by the name of each and the build's plugin that
  // stands there.
  ServedHost(const std::string& app, const std::map<std::string, std::string>& plugins);

  const HostDirectory& directory() const { return directory_; }
  HostProcess& process() { return *process_; }
  std::string admin() const { return "127.0.0.1:" + std::to_string(process_->admin_port()); }
  std::string data() const { return "127.0.0.1:" + std::to_string(process_->data_port()); }

  // Runs `backplane WORDS --admin ADDRESS` to its end.
  ProcessEnd run(std::vector<std::string> words) const;
  // The same of one that must succeed: what it printed.
  std::string output_of(const std::vector<std::string>& words) const;

 private:
  void start();

  HostDirectory directory_;
  std::optional<HostProcess> process_;
};

}  // namespace backplane::host
