#include "host/plugin/staged_file.hpp"

#include <unistd.h>

namespace backplane::host {

StagedFile::StagedFile(std::string path, FileDescriptor fd, std::uint64_t size, std::string sha256)
    : path_(std::move(path)), fd_(std::move(fd)), size_(size), sha256_(std::move(sha256)) {}

StagedFile::StagedFile(StagedFile&& other) noexcept
    : path_(std::exchange(other.path_, {})),
      fd_(std::move(other.fd_)),
      size_(other.size_),
      sha256_(std::move(other.sha256_)),
      signature_(std::move(other.signature_)),
      source_(other.source_) {}

StagedFile::~StagedFile() {
  if (!path_.empty()) unlink(path_.c_str());
}

}  // namespace backplane::host
