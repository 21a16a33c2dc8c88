#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "host/base/result.hpp"
#include "host/plugin/file_descriptor.hpp"
#include "host/plugin/plugin_directory.hpp"
#include "host/plugin/plugin_signature.hpp"
#include "host/plugin/preflight_code.hpp"

namespace backplane::host {

// A private copy of a plugin file under a path that no other copy has had. Owned by the library
// that is loaded from it; removes the file when it goes. One thread at a time.
class StagedFile {
 public:
  // Takes over the file at `path`, which has no signature yet.
  StagedFile(std::string path, FileDescriptor fd, std::uint64_t size, std::string sha256);
  ~StagedFile();
  StagedFile(StagedFile&& other) noexcept;
  StagedFile& operator=(StagedFile&& other) = delete;

  const std::string& path() const { return path_; }      // absolute
  int fd() const { return fd_.get(); }                   // open for reading
  std::uint64_t size() const { return size_; }           // bytes
  const std::string& sha256() const { return sha256_; }  // hexadecimal
  // What lay beside the file that this is a copy of, or why nothing there is a signature.
  const Result<PluginSignature>& signature() const { return signature_; }
  void set_signature(Result<PluginSignature> signature) { signature_ = std::move(signature); }
  // What the file in the plugin directory was when it was copied; zeros for a copy of another one.
  const FileIdentity& source() const { return source_; }
  void set_source(const FileIdentity& source) { source_ = source; }

 private:
  std::string path_;
  FileDescriptor fd_;
  std::uint64_t size_;
  std::string sha256_;
  Result<PluginSignature> signature_ = refusal(PreflightCode::kBadSignature, "is not signed");
  FileIdentity source_;
};

}  // namespace backplane::host
