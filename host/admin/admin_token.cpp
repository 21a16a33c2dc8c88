#include "host/admin/admin_token.hpp"

#include <cerrno>
#include <fcntl.h>
#include <random>
#include <span>
#include <string>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

#include "host/plugin/file_descriptor.hpp"
#include "host/plugin/sha256.hpp"

namespace backplane::host {
namespace {

Error file_error(const std::filesystem::path& file, std::string_view what) {
  return Error(ErrorCode::kUnavailable, "admin_token",
               "admin token file '" + file.string() + "' " + std::string(what));
}

std::string errno_text() {
  return std::generic_category().message(errno);
}

std::string make_token() {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::random_device device;  // the kernel's generator on this platform
  std::string token;
  while (token.size() < 64) {
    unsigned bits = device();
    for (int i = 0; i < 8; ++i, bits >>= 4U) token += kHex[bits & 0xfU];
  }
  return token;
}

Result<std::string> read_token(int fd, const std::filesystem::path& file) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) return file_error(file, errno_text());
  if ((status.st_mode & 077) != 0) {
    return file_error(file, "may be read by others; its mode must be 0600");
  }
  std::string text(256, '\0');
  const ssize_t n = ::read(fd, text.data(), text.size());
  if (n < 0) return file_error(file, errno_text());
  text.resize(static_cast<std::size_t>(n));
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  if (text.size() < 32) return file_error(file, "holds no token of at least 32 characters");
  return text;
}

}  // namespace

Result<AdminToken> AdminToken::load_or_create(const std::filesystem::path& file) {
  const FileDescriptor existing(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (existing.get() >= 0) {
    auto text = read_token(existing.get(), file);
    if (!text.ok()) return std::move(text).error();
    return from_text(text.value());
  }
  if (errno != ENOENT) return file_error(file, "cannot be read: " + errno_text());
  const FileDescriptor made(::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  const std::string token = make_token();
  const std::string line = token + "\n";
  if (made.get() < 0 ||
      ::write(made.get(), line.data(), line.size()) != static_cast<ssize_t>(line.size())) {
    return file_error(file, "cannot be written: " + errno_text());
  }
  return from_text(token);
}

AdminToken AdminToken::from_text(std::string_view token) {
  return AdminToken(digest_of(token));
}

bool AdminToken::matches(std::string_view candidate) const {
  // Digests are of one length whatever was sent, and every digit is looked at.
  const std::string other = digest_of(candidate);
  unsigned difference = 0;
  for (std::size_t i = 0; i < digest_.size(); ++i) {
    difference |= static_cast<unsigned>(static_cast<unsigned char>(digest_[i]) ^
                                        static_cast<unsigned char>(other[i]));
  }
  return difference == 0;
}

std::string AdminToken::digest_of(std::string_view text) {
  Sha256 engine;
  engine.update(std::as_bytes(std::span(text)));
  return engine.finish();
}

}  // namespace backplane::host
