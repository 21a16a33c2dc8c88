#include "host/admin/audit_file.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <string>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace backplane::host {
namespace {

// How much of the end is checked at the start: some thousand lines.
constexpr std::uint64_t kTail = std::uint64_t{1024} * 1024;
static_assert(kTail > 2 * AuditChain::kLongestLine);

constexpr std::string_view kFormerBegin = "audit-";
constexpr std::string_view kFormerEnd = ".jsonl";

std::string errno_text() {
  return std::generic_category().message(errno);
}

// Padded, so that the order of names is that of lines.
std::string former_name(std::uint64_t last_line) {
  std::array<char, 64> name{};
  std::snprintf(name.data(), name.size(), "audit-%020llu.jsonl",
                static_cast<unsigned long long>(last_line));
  return name.data();
}

// Follows the lines of `text`, which begins with a whole one; how many bytes behind them a loss of
// power left unfinished: a line without an end, or all from one that has zeros in it. Those stand
// where a file grew and its bytes did not arrive, so that nothing from there on was synchronised.
Result<std::size_t> follow(std::string_view text, AuditChain& chain) {
  bool is_first = true;
  for (std::size_t end = 0; (end = text.find('\n')) != std::string_view::npos;) {
    const std::string_view line = text.substr(0, end);
    Status follows = is_first ? chain.accept_first(line) : chain.accept(line);
    if (!follows.ok() && line.find('\0') != std::string_view::npos) return text.size();
    if (!follows.ok()) {
      return std::move(follows).error().with_context("line behind number " +
                                                     std::to_string(chain.sequence()));
    }
    is_first = false;
    text.remove_prefix(end + 1);
  }
  return text.size();
}

bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

bool sync_directory(const std::filesystem::path& directory) {
  const FileDescriptor opened(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return opened.valid() && ::fsync(opened.get()) == 0;
}

}  // namespace

std::vector<std::filesystem::path> former_audit_files(const std::filesystem::path& directory) {
  std::vector<std::filesystem::path> found;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(directory, ignored)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with(kFormerBegin) && name.ends_with(kFormerEnd)) found.push_back(entry.path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

Error AuditFile::failure(const std::string& what) const {
  return {ErrorCode::kUnavailable, "audit_failed", "audit log '" + path_.string() + "' " + what};
}

Result<AuditFile> AuditFile::open(const std::filesystem::path& path, std::uint64_t max_bytes) {
  AuditFile file(path, max_bytes);
  Status opened = file.open_file();
  if (!opened.ok()) return std::move(opened).error();
  auto unfinished = file.follow_end();
  if (!unfinished.ok()) {
    return std::move(unfinished).error().with_context("audit log '" + path.string() + "'");
  }
  if (unfinished.value() == 0) return file;
  struct stat status {};
  if (::fstat(file.file_.get(), &status) != 0 ||
      ::ftruncate(file.file_.get(), status.st_size - static_cast<off_t>(unfinished.value())) != 0) {
    return file.failure("cannot be cut: " + errno_text());
  }
  AuditRecord note;
  note.event = AuditEvent::kRecovered;
  note.count = unfinished.value();
  Status noted = file.append(note, wall_now(), true);
  if (!noted.ok()) return std::move(noted).error();
  return file;
}

Status AuditFile::open_file() {
  file_ = FileDescriptor(::open(path_.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW,
                                S_IRUSR | S_IWUSR));
  if (!file_.valid()) return failure("cannot be opened: " + errno_text());
  struct stat status {};
  if (::fstat(file_.get(), &status) != 0) return failure(errno_text());
  if (!S_ISREG(status.st_mode)) return failure("is no regular file");
  if (!sync_directory(path_.parent_path())) return failure("has no directory that can be written");
  return {};
}

Result<std::uint64_t> AuditFile::follow_end() {
  struct stat status {};
  if (::fstat(file_.get(), &status) != 0) return failure(errno_text());
  const auto size = static_cast<std::uint64_t>(status.st_size);
  const std::uint64_t begin = size > kTail ? size - kTail : 0;
  std::string tail(static_cast<std::size_t>(size - begin), '\0');
  const ssize_t n = ::pread(file_.get(), tail.data(), tail.size(), static_cast<off_t>(begin));
  if (n != static_cast<ssize_t>(tail.size())) return failure("cannot be read: " + errno_text());
  std::string_view lines = tail;
  // Where it does not begin with the file, it begins within a line.
  if (begin > 0) lines.remove_prefix(std::min(lines.find('\n'), lines.size() - 1) + 1);
  if (lines.find('\n') == std::string_view::npos) {
    if (begin > 0) return failure("has an end without lines");
    Status former = follow_former_file();
    if (!former.ok()) return std::move(former).error();
    return size;
  }
  return follow(lines, chain_);
}

// The file is new: a chain that was put aside goes on in it.
Status AuditFile::follow_former_file() {
  const auto former = former_audit_files(path_.parent_path());
  if (former.empty()) return {};
  AuditFile last(former.back(), max_bytes_);
  last.file_ = FileDescriptor(::open(last.path_.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!last.file_.valid()) return last.failure("cannot be opened: " + errno_text());
  struct stat status {};
  if (::fstat(last.file_.get(), &status) != 0 || status.st_size == 0) {
    return last.failure("is empty");
  }
  auto unfinished = last.follow_end();
  if (!unfinished.ok()) return std::move(unfinished).error();
  if (unfinished.value() != 0) return last.failure("has an end that is no line");
  chain_ = last.chain_;
  return {};
}

Status AuditFile::rotate() {
  // Refusals at its end have not been waited for, and an end that a loss of power cuts is mended
  // only where lines are still written.
  if (::fdatasync(file_.get()) != 0) {
    poisoned_ = true;
    return failure("could not be written to the disk: " + errno_text());
  }
  const std::filesystem::path aside = path_.parent_path() / former_name(chain_.sequence());
  // Not over another one, whoever put it there.
  if (::renameat2(AT_FDCWD, path_.c_str(), AT_FDCWD, aside.c_str(), RENAME_NOREPLACE) != 0) {
    return failure("cannot be put aside as '" + aside.string() + "': " + errno_text());
  }
  file_.reset();
  return open_file();
}

Status AuditFile::append(const AuditRecord& record, WallTime time, bool durable) {
  if (poisoned_) return failure("could not be written to the disk; that ends with a restart");
  // A rotation that got half-way.
  if (!file_.valid()) {
    Status opened = open_file();
    if (!opened.ok()) return opened;
  }
  const std::string line = chain_.next_line(record, time);
  struct stat status {};
  if (::fstat(file_.get(), &status) != 0) return failure(errno_text());
  const auto size = static_cast<std::uint64_t>(status.st_size);
  if (size > 0 && size + line.size() + 1 > max_bytes_) {
    Status rotated = rotate();
    if (!rotated.ok()) return rotated;
  }
  Status written = write_line(line);
  if (!written.ok()) return written;
  if (durable && ::fdatasync(file_.get()) != 0) {
    // What is on the disk now nobody knows, and asking again would find no error.
    poisoned_ = true;
    return failure("could not be written to the disk: " + errno_text());
  }
  return {};
}

Status AuditFile::write_line(const std::string& line) {
  struct stat status {};
  if (::fstat(file_.get(), &status) != 0) return failure(errno_text());
  if (!write_all(file_.get(), line + "\n")) {
    const bool is_full = errno == ENOSPC || errno == EDQUOT;
    Error error = failure("cannot be written: " + errno_text());
    if (is_full) error = {ErrorCode::kInsufficientStorage, "store_full", error.message()};
    // Half a line would be the end of the chain.
    poisoned_ = ::ftruncate(file_.get(), status.st_size) != 0;
    return error;
  }
  return chain_.accept(line);
}

}  // namespace backplane::host
