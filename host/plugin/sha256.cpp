#include "host/plugin/sha256.hpp"

#include <cerrno>
#include <new>
#include <openssl/evp.h>
#include <system_error>
#include <unistd.h>
#include <vector>

#include <Poco/DigestEngine.h>

#include "host/base/thread.hpp"

namespace backplane::host {

Sha256::Sha256() : context_(EVP_MD_CTX_new(), EVP_MD_CTX_free) {
  // Fails where memory is short.
  if (context_ == nullptr || EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) != 1) {
    throw std::bad_alloc();
  }
}
Sha256::~Sha256() = default;

void Sha256::update(std::span<const std::byte> bytes) {
  EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size());
}

std::string Sha256::finish() {
  Poco::DigestEngine::Digest digest(EVP_MAX_MD_SIZE);
  unsigned size = 0;
  EVP_DigestFinal_ex(context_.get(), digest.data(), &size);
  digest.resize(size);
  return Poco::DigestEngine::digestToHex(digest);
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
    give_way();
  }
}

}  // namespace backplane::host
