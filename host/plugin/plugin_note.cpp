#include "host/plugin/plugin_note.hpp"

#include <cstring>
#include <optional>
#include <string_view>

#include <backplane/abi.h>

#include "host/plugin/plugin_text.hpp"
#include "host/plugin/preflight_code.hpp"

namespace backplane::host {
namespace {

constexpr std::uint64_t kMaxNoteSegment = std::uint64_t{1} << 20U;

constexpr std::uint64_t aligned(std::uint64_t size, std::uint64_t alignment) {
  return (size + alignment - 1) / alignment * alignment;
}

template <std::size_t N>
std::optional<std::string> text_of(const char (&field)[N]) {
  const std::size_t length = strnlen(field, N);
  if (length == 0 || length == N) return std::nullopt;
  return printable(std::string_view(field, length), N);
}

// The content of our note in one PT_NOTE segment. Others (build id, GNU properties) stand beside
// it; sizes are 32 bits, so sums of them in 64 bits cannot wrap.
std::optional<bp_note> find_in(const ByteSource& bytes, const Elf64_Phdr& segment) {
  const std::uint64_t alignment = segment.p_align == 8 ? 8 : 4;
  std::uint64_t at = segment.p_offset;
  const std::uint64_t end = segment.p_offset + segment.p_filesz;
  while (end - at >= sizeof(Elf64_Nhdr)) {
    Elf64_Nhdr head{};
    if (!bytes.read_object(at, head)) return std::nullopt;
    const std::uint64_t owner_at = at + sizeof head;
    const std::uint64_t content_at = at + aligned(sizeof head + head.n_namesz, alignment);
    const std::uint64_t next = content_at + aligned(head.n_descsz, alignment);
    char owner[sizeof BP_NOTE_OWNER] = {};
    if (content_at + head.n_descsz > end) return std::nullopt;
    if (head.n_namesz == sizeof owner && head.n_type == BP_NOTE_TYPE &&
        head.n_descsz >= sizeof(bp_note) && bytes.read_object(owner_at, owner) &&
        std::memcmp(owner, BP_NOTE_OWNER, sizeof owner) == 0) {
      bp_note note{};
      if (bytes.read_object(content_at, note) && note.magic == BP_MAGIC) return note;
    }
    if (next >= end) return std::nullopt;
    at = next;
  }
  return std::nullopt;
}

}  // namespace

Result<PluginNote> read_plugin_note(const ElfImage& image) {
  for (const Elf64_Phdr& segment : image.segments()) {
    if (segment.p_type != PT_NOTE || segment.p_filesz > kMaxNoteSegment) continue;
    const std::optional<bp_note> note = find_in(image.bytes(), segment);
    if (!note) continue;
    std::optional<std::string> name = text_of(note->name);
    std::optional<std::string> version = text_of(note->version);
    if (!name || !version) {
      return refusal(PreflightCode::kNoBackplaneNote,
                     "has a note whose name or version is empty or not ended by NUL");
    }
    return PluginNote{note->abi_major, note->abi_minor, note->min_host_minor, *std::move(name),
                      *std::move(version)};
  }
  return refusal(PreflightCode::kNoBackplaneNote,
                 "has no note of owner '" BP_NOTE_OWNER "': it is no Backplane plugin");
}

}  // namespace backplane::host
