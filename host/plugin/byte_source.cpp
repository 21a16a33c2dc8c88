#include "host/plugin/byte_source.hpp"

#include <cerrno>
#include <cstring>
#include <unistd.h>

namespace backplane::host {

bool ByteSource::read(std::uint64_t offset, std::span<std::byte> to) const {
  if (!contains(offset, to.size())) return false;
  if (to.empty()) return true;
  if (fd_ < 0) {
    std::memcpy(to.data(), bytes_.data() + offset, to.size());
    return true;
  }
  while (!to.empty()) {
    const ssize_t count = pread(fd_, to.data(), to.size(), static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    to = to.subspan(static_cast<std::size_t>(count));
    offset += static_cast<std::uint64_t>(count);
  }
  return true;
}

}  // namespace backplane::host
