#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

namespace backplane::host {

// The test's side of fixture plugin `gate` (tests/plugins/gate.cpp): holds calls inside the handler
// until the test lets them go. Owned by the test case, declared after the host it holds, so that it
// opens before the host ends; its thread.
class PluginGate {
 public:
  // Makes two FIFOs in `directory`, which must exist; `name` tells several gates apart.
  explicit PluginGate(const std::filesystem::path& directory, const std::string& name = "gate");
  ~PluginGate();
  PluginGate(const PluginGate&) = delete;
  PluginGate& operator=(const PluginGate&) = delete;

  // The `init` of a backend that is to be held by this gate.
  std::string init_json() const;

  // Blocks until `calls` more calls of the handler have begun. False when that takes over
  // kPatience.
  bool wait_entered(std::size_t calls = 1);
  // Whether no further call has begun until now.
  bool nobody_entered();
  // Lets `calls` calls go, those inside and those to come.
  void open(std::size_t calls = 1);

 private:
  const std::filesystem::path entered_path_;
  const std::filesystem::path gate_path_;
  int entered_ = -1;
  int gate_ = -1;
};

}  // namespace backplane::host
