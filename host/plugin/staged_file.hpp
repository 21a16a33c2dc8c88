#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "host/plugin/file_descriptor.hpp"

namespace backplane::host {

// A private copy of a plugin file under a path that no other copy has had. Owned by the library
// that is loaded from it; removes the file when it goes. One thread at a time.
class StagedFile {
 public:
  // Takes over the file at `path`.
  StagedFile(std::string path, FileDescriptor fd, std::uint64_t size, std::string sha256);
  ~StagedFile();
  StagedFile(StagedFile&& other) noexcept;
  StagedFile& operator=(StagedFile&& other) = delete;

  const std::string& path() const { return path_; }      // absolute
  int fd() const { return fd_.get(); }                   // open for reading
  std::uint64_t size() const { return size_; }           // bytes
  const std::string& sha256() const { return sha256_; }  // hexadecimal

 private:
  std::string path_;
  FileDescriptor fd_;
  std::uint64_t size_;
  std::string sha256_;
};

}  // namespace backplane::host
