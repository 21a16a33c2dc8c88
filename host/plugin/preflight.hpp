#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <backplane/abi.h>

#include "host/base/result.hpp"
#include "host/plugin/byte_source.hpp"
#include "host/plugin/plugin_note.hpp"

namespace backplane::host {

// What preflight lets pass.
struct PreflightPolicy {
  std::uint64_t min_size = 64;                         // bytes
  std::uint64_t max_size = std::uint64_t{256} << 20U;  // bytes
  std::uint32_t abi_major = BP_ABI_MAJOR;
  std::uint32_t abi_minor = BP_ABI_MINOR;
  // What a plugin may need, without ".so…": the system's own, which are the same for every
  // generation. Anything else would be shared between two versions of a plugin by its soname.
  std::vector<std::string> allowed_libraries = default_allowed_libraries();

  // The C and C++ runtimes, and the sanitizer runtime that this program was built with. A plugin
  // with another one would end the process while it is loaded.
  static std::vector<std::string> default_allowed_libraries();
};

// Something that does not stop a plugin from being loaded, but should not be so.
struct PreflightWarning {
  std::string code;     // "extra_exports", "static_constructors"
  std::string message;  // for people
};

// What can be known of a plugin without running any of its code. A plain value.
struct PreflightReport {
  PluginNote note;
  std::uint64_t size = 0;            // bytes
  std::vector<std::string> needed;   // sonames
  std::vector<std::string> exports;  // symbols, the entry among them
  std::vector<PreflightWarning> warnings;
};

// [any] Judges a plugin by its bytes. Every refusal is kInvalidArgument with the word of a
// PreflightCode as its reason; the message says what was found, without the file's name.
Result<PreflightReport> preflight(const ByteSource& bytes, const PreflightPolicy& policy);

// [any] The same for an open file, whose offset does not matter and does not move. Refuses
// anything but a regular file. Blocks on the disk.
Result<PreflightReport> preflight(int fd, const PreflightPolicy& policy);

}  // namespace backplane::host
