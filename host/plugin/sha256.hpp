#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

#include "host/base/result.hpp"

namespace Poco {
class SHA2Engine;
}

namespace backplane::host {

// A SHA-256 digest in the making. A local variable of one thread.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  // [any] About 5 ms for each MiB.
  void update(std::span<const std::byte> bytes);
  // [any] 64 lower-case hexadecimal digits; ends this digest.
  std::string finish();

 private:
  std::unique_ptr<Poco::SHA2Engine> engine_;
};

// [any] The digest of the whole file behind `fd`, whose offset does not move. Blocks on the disk.
Result<std::string> sha256_of(int fd);

}  // namespace backplane::host
