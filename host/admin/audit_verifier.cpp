#include "host/admin/audit_verifier.hpp"

#include <fstream>
#include <utility>

#include "host/admin/audit_chain.hpp"

namespace backplane::host {
namespace {

Error broken(const std::filesystem::path& file, std::uint64_t line, std::string_view what) {
  return {ErrorCode::kConflict, "audit_broken",
          file.string() + ":" + std::to_string(line) + ": " + std::string(what)};
}

Status verify_file(const std::filesystem::path& file, AuditChain& chain, AuditExtent& extent) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return Error(ErrorCode::kNotFound, file.string() + ": cannot be read");
  std::string line;
  for (std::uint64_t number = 1; std::getline(stream, line); ++number) {
    if (stream.eof()) return broken(file, number, "it has no end");
    const bool is_first = extent.lines == 0;
    const Status follows = is_first ? chain.accept_first(line) : chain.accept(line);
    if (!follows.ok()) return broken(file, number, follows.error().message());
    if (is_first) extent.first = chain.sequence();
    ++extent.lines;
  }
  return {};
}

}  // namespace

Result<AuditExtent> verify_audit(const std::vector<std::filesystem::path>& files) {
  AuditChain chain;
  AuditExtent extent;
  for (const std::filesystem::path& file : files) {
    Status whole = verify_file(file, chain, extent);
    if (!whole.ok()) return std::move(whole).error();
  }
  extent.last = chain.sequence();
  extent.digest = chain.digest();
  return extent;
}

}  // namespace backplane::host
