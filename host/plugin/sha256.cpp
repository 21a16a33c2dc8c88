#include "host/plugin/sha256.hpp"

#include <cerrno>
#include <system_error>
#include <unistd.h>
#include <vector>

#include <Poco/Crypto/DigestEngine.h>

namespace backplane::host {

Sha256::Sha256() : engine_(std::make_unique<Poco::Crypto::DigestEngine>("SHA256")) {}
Sha256::~Sha256() = default;

void Sha256::update(std::span<const std::byte> bytes) {
  engine_->update(bytes.data(), bytes.size());
}

std::string Sha256::finish() {
  return Poco::DigestEngine::digestToHex(engine_->digest());
}

Result<std::string> sha256_of(int fd) {
  Sha256 digest;
  std::vector<std::byte> buffer(std::size_t{64} << 10U);
  for (off_t at = 0;;) {
    const ssize_t count = pread(fd, buffer.data(), buffer.size(), at);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      return Error(ErrorCode::kInternal,
                   "cannot be read: " + std::generic_category().message(errno));
    }
    if (count == 0) return digest.finish();
    digest.update(std::span(buffer).first(static_cast<std::size_t>(count)));
    at += count;
  }
}

}  // namespace backplane::host
