#include "host/admin/token_file.hpp"

#include <cerrno>
#include <fcntl.h>
#include <string>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

#include "host/admin/token_digest.hpp"
#include "host/base/random.hpp"
#include "host/base/status.hpp"
#include "host/plugin/file_descriptor.hpp"

namespace backplane::host {
namespace {

constexpr std::size_t kTokenBytes = 32;
constexpr std::size_t kSaltBytes = 16;

Error file_error(const std::filesystem::path& file, std::string_view what) {
  return Error(ErrorCode::kUnavailable, "admin_token",
               "admin token file '" + file.string() + "' " + std::string(what));
}

std::string errno_text() {
  return std::generic_category().message(errno);
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

// Aside and renamed: a start that is killed half-way must not leave half a token to the next one.
Status write_token(const std::filesystem::path& file, const std::string& token) {
  const std::filesystem::path aside = file.string() + ".new";
  ::unlink(aside.c_str());
  const FileDescriptor made(::open(aside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  const std::string line = token + "\n";
  if (made.get() < 0 ||
      ::write(made.get(), line.data(), line.size()) != static_cast<ssize_t>(line.size()) ||
      ::fsync(made.get()) != 0 || ::rename(aside.c_str(), file.c_str()) != 0) {
    return file_error(file, "cannot be written: " + errno_text());
  }
  return {};
}

AdminToken file_token(std::string_view text) {
  AdminToken token;
  token.label = kFileTokenLabel;
  token.role = AdminRole::kDeploy;
  token.salt = random_hex(kSaltBytes);
  token.sha256 = token_digest(token.salt, text);
  return token;
}

}  // namespace

Result<AdminToken> load_or_create_token(const std::filesystem::path& file) {
  const FileDescriptor existing(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (existing.get() >= 0) {
    auto text = read_token(existing.get(), file);
    if (!text.ok()) return std::move(text).error();
    return file_token(text.value());
  }
  if (errno != ENOENT) return file_error(file, "cannot be read: " + errno_text());
  const std::string token = random_hex(kTokenBytes);
  Status written = write_token(file, token);
  if (!written.ok()) return std::move(written).error();
  return file_token(token);
}

}  // namespace backplane::host
