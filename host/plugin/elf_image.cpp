#include "host/plugin/elf_image.hpp"

#include <bit>
#include <cstring>
#include <string>
#include <utility>

#include "host/plugin/preflight_code.hpp"

namespace backplane::host {
namespace {

constexpr std::uint64_t kMaxSegments = 128;
// All of a library's segments together; more than any real one, and far from wrapping around.
constexpr std::uint64_t kMaxAddress = std::uint64_t{4} << 30U;

Status check_identity(const Elf64_Ehdr& head) {
  if (std::memcmp(head.e_ident, ELFMAG, SELFMAG) != 0) {
    return refusal(PreflightCode::kNotElf, "does not begin with the ELF magic number");
  }
  if (head.e_ident[EI_CLASS] != ELFCLASS64) {
    return refusal(PreflightCode::kWrongElfClass, "is not a 64-bit object");
  }
  if (head.e_ident[EI_DATA] != ELFDATA2LSB) {
    return refusal(PreflightCode::kWrongEndian, "is not little-endian");
  }
  if (head.e_machine != EM_X86_64) {
    return refusal(PreflightCode::kWrongMachine, "is built for ELF machine " +
                                                     std::to_string(head.e_machine) + ", not " +
                                                     std::to_string(EM_X86_64) + " (x86-64)");
  }
  if (head.e_type != ET_DYN) {
    return refusal(PreflightCode::kNotSharedObject,
                   "is of ELF type " + std::to_string(head.e_type) + ", not " +
                       std::to_string(ET_DYN) + " (shared object)");
  }
  return {};
}

Status check_segment(const Elf64_Phdr& segment, std::uint64_t loaded_end) {
  if (segment.p_type != PT_LOAD && segment.p_type != PT_TLS && segment.p_type != PT_DYNAMIC &&
      segment.p_type != PT_NOTE) {
    return {};
  }
  if (segment.p_memsz < segment.p_filesz || segment.p_vaddr > kMaxAddress ||
      segment.p_memsz > kMaxAddress - segment.p_vaddr) {
    return refusal(PreflightCode::kBadPhdr, "has a segment with impossible sizes");
  }
  if (segment.p_align > 1 && !std::has_single_bit(segment.p_align)) {
    return refusal(PreflightCode::kBadPhdr, "has a segment whose alignment is no power of two");
  }
  if (segment.p_type != PT_LOAD) return {};
  if (segment.p_vaddr < loaded_end) {
    return refusal(PreflightCode::kBadPhdr, "has segments that overlap or are out of order");
  }
  if (segment.p_align > 1 &&
      (segment.p_vaddr & (segment.p_align - 1)) != (segment.p_offset & (segment.p_align - 1))) {
    return refusal(PreflightCode::kBadPhdr, "has a segment that cannot be mapped from its offset");
  }
  return {};
}

Status check_segments(const std::vector<Elf64_Phdr>& segments) {
  std::uint64_t loaded_end = 0;
  bool dynamic = false;
  for (const Elf64_Phdr& segment : segments) {
    Status status = check_segment(segment, loaded_end);
    if (!status.ok()) return status;
    if (segment.p_type == PT_LOAD) loaded_end = segment.p_vaddr + segment.p_memsz;
    dynamic = dynamic || segment.p_type == PT_DYNAMIC;
  }
  if (loaded_end == 0) return refusal(PreflightCode::kBadPhdr, "has no segment to load");
  if (!dynamic) return refusal(PreflightCode::kBadPhdr, "has no dynamic section");
  return {};
}

Status check_lengths(const ByteSource& bytes, const Elf64_Ehdr& head,
                     const std::vector<Elf64_Phdr>& segments) {
  for (const Elf64_Phdr& segment : segments) {
    const bool read = segment.p_type == PT_LOAD || segment.p_type == PT_DYNAMIC ||
                      segment.p_type == PT_NOTE || segment.p_type == PT_TLS;
    if (read && !bytes.contains(segment.p_offset, segment.p_filesz)) {
      return refusal(PreflightCode::kTruncated,
                     "ends at byte " + std::to_string(bytes.size()) + ", inside of a segment");
    }
  }
  // The section table stands at the very end: when it is whole, nothing is missing.
  if (head.e_shoff != 0 &&
      !bytes.contains(head.e_shoff, std::uint64_t{head.e_shnum} * head.e_shentsize)) {
    return refusal(PreflightCode::kTruncated, "ends at byte " + std::to_string(bytes.size()) +
                                                  ", before the end of its section table");
  }
  return {};
}

}  // namespace

Result<ElfImage> ElfImage::read(const ByteSource& bytes) {
  Elf64_Ehdr head{};
  if (!bytes.read_object(0, head)) {
    return refusal(PreflightCode::kNotElf, "cannot be read as an ELF header");
  }
  Status status = check_identity(head);
  if (!status.ok()) return std::move(status).error();
  if (head.e_phnum == 0 || head.e_phnum > kMaxSegments || head.e_phentsize != sizeof(Elf64_Phdr)) {
    return refusal(PreflightCode::kBadPhdr, "has a malformed program header table");
  }
  std::vector<Elf64_Phdr> segments(head.e_phnum);
  if (!bytes.read(head.e_phoff, std::as_writable_bytes(std::span(segments)))) {
    return refusal(PreflightCode::kTruncated, "ends at byte " + std::to_string(bytes.size()) +
                                                  ", before its program header table");
  }
  status = check_segments(segments);
  if (!status.ok()) return std::move(status).error();
  status = check_lengths(bytes, head, segments);
  if (!status.ok()) return std::move(status).error();
  return ElfImage(bytes, std::move(segments));
}

const Elf64_Phdr* ElfImage::find(std::uint32_t type) const {
  for (const Elf64_Phdr& segment : segments_) {
    if (segment.p_type == type) return &segment;
  }
  return nullptr;
}

std::optional<std::uint64_t> ElfImage::offset_of(std::uint64_t address,
                                                 std::uint64_t length) const {
  for (const Elf64_Phdr& segment : segments_) {
    if (segment.p_type != PT_LOAD || address < segment.p_vaddr) continue;
    const std::uint64_t inside = address - segment.p_vaddr;
    if (inside <= segment.p_filesz && length <= segment.p_filesz - inside) {
      return segment.p_offset + inside;
    }
  }
  return std::nullopt;
}

bool ElfImage::maps(std::uint64_t address, std::uint64_t length, std::uint32_t flags) const {
  for (const Elf64_Phdr& segment : segments_) {
    if (segment.p_type != PT_LOAD || address < segment.p_vaddr) continue;
    const std::uint64_t inside = address - segment.p_vaddr;
    if ((segment.p_flags & flags) == flags && inside <= segment.p_memsz &&
        length <= segment.p_memsz - inside) {
      return true;
    }
  }
  return false;
}

}  // namespace backplane::host
