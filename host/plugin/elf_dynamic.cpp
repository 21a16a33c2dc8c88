#include "host/plugin/elf_dynamic.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <utility>

#include "host/plugin/preflight_code.hpp"

namespace backplane::host {
namespace {

constexpr std::uint64_t kMaxEntries = 4096;
constexpr std::uint64_t kMaxTable = std::uint64_t{64} << 20U;

Error bad(std::string message) {
  return refusal(PreflightCode::kBadDynamic, std::move(message));
}

struct GnuHashHead {
  std::uint32_t buckets;
  std::uint32_t first_symbol;
  std::uint32_t bloom_words;
  std::uint32_t bloom_shift;
};

// How many symbols there are. The GNU hash table does not say: it is one more than the end of the
// chain that begins last.
std::optional<std::uint64_t> count_by_gnu_hash(const ElfImage& image, std::uint64_t address) {
  const ByteSource& bytes = image.bytes();
  const auto head_at = image.offset_of(address, sizeof(GnuHashHead));
  GnuHashHead head{};
  if (!head_at || !bytes.read_object(*head_at, head)) return std::nullopt;
  const std::uint64_t buckets_address =
      address + sizeof head + std::uint64_t{head.bloom_words} * sizeof(std::uint64_t);
  const std::uint64_t buckets_size = std::uint64_t{head.buckets} * sizeof(std::uint32_t);
  // The loader takes hash modulo bucket count and masks with the bloom size.
  if (head.buckets == 0 || head.bloom_words == 0 || buckets_size > kMaxTable) return std::nullopt;
  const auto buckets_at = image.offset_of(buckets_address, buckets_size);
  if (!buckets_at) return std::nullopt;
  std::vector<std::uint32_t> buckets(head.buckets);
  if (!bytes.read(*buckets_at, std::as_writable_bytes(std::span(buckets)))) return std::nullopt;
  std::uint64_t last = *std::max_element(buckets.begin(), buckets.end());
  if (last == 0) return head.first_symbol;
  if (last < head.first_symbol) return std::nullopt;
  const std::uint64_t chains = buckets_address + buckets_size;
  for (;; ++last) {
    std::uint32_t hash = 0;
    const auto at = image.offset_of(chains + (last - head.first_symbol) * sizeof hash, sizeof hash);
    if (!at || !bytes.read_object(*at, hash)) return std::nullopt;
    if ((hash & 1U) != 0) return last + 1;
  }
}

std::optional<std::uint64_t> count_by_hash(const ElfImage& image, std::uint64_t address) {
  std::array<std::uint32_t, 2> head{};  // buckets, chains; there is a chain entry for each symbol
  const auto at = image.offset_of(address, sizeof head);
  if (!at || !image.bytes().read_object(*at, head) || head[0] == 0) return std::nullopt;
  const std::uint64_t size = (std::uint64_t{2} + head[0] + head[1]) * sizeof(std::uint32_t);
  if (!image.offset_of(address, size)) return std::nullopt;
  return head[1];
}

}  // namespace

Result<ElfDynamic> ElfDynamic::read(const ElfImage& image) {
  ElfDynamic dynamic;
  Status status = dynamic.read_entries(image);
  if (status.ok()) status = dynamic.check_tables(image);
  if (status.ok()) status = dynamic.read_strings(image);
  if (status.ok()) status = dynamic.read_symbols(image);
  if (!status.ok()) return std::move(status).error();
  return dynamic;
}

std::uint64_t ElfDynamic::value(std::int64_t tag) const {
  std::uint64_t found = 0;
  for (const Elf64_Dyn& entry : entries_) {
    if (entry.d_tag == tag) found = entry.d_un.d_val;
  }
  return found;
}

bool ElfDynamic::has(std::int64_t tag) const {
  return std::any_of(entries_.begin(), entries_.end(),
                     [tag](const Elf64_Dyn& entry) { return entry.d_tag == tag; });
}

std::string_view ElfDynamic::text_at(std::uint64_t offset) const {
  if (offset >= strings_.size()) return {};
  const std::size_t end = strings_.find('\0', offset);
  if (end == std::string::npos) return {};
  return std::string_view(strings_).substr(offset, end - offset);
}

Status ElfDynamic::read_entries(const ElfImage& image) {
  const Elf64_Phdr& segment = *image.find(PT_DYNAMIC);
  const std::uint64_t count = segment.p_filesz / sizeof(Elf64_Dyn);
  const auto at = image.offset_of(segment.p_vaddr, segment.p_filesz);
  if (count == 0 || count > kMaxEntries || segment.p_vaddr % alignof(Elf64_Dyn) != 0 || !at) {
    return bad("has a dynamic section that no segment loads");
  }
  entries_.resize(count);
  if (!image.bytes().read(*at, std::as_writable_bytes(std::span(entries_)))) {
    return bad("has a dynamic section that cannot be read");
  }
  const auto end = std::find_if(entries_.begin(), entries_.end(),
                                [](const Elf64_Dyn& entry) { return entry.d_tag == DT_NULL; });
  if (end == entries_.end()) return bad("has a dynamic section without an end");
  entries_.erase(end, entries_.end());
  return {};
}

// The loader believes these without looking; a table outside of the segments ends the process.
Status ElfDynamic::check_tables(const ElfImage& image) const {
  struct Table {
    std::int64_t address;
    std::int64_t size;  // tag of its size in bytes; 0: unknown, at least a word
  };
  constexpr std::array<Table, 11> kTables = {{{DT_RELA, DT_RELASZ},
                                              {DT_REL, DT_RELSZ},
                                              {DT_JMPREL, DT_PLTRELSZ},
                                              {DT_INIT_ARRAY, DT_INIT_ARRAYSZ},
                                              {DT_FINI_ARRAY, DT_FINI_ARRAYSZ},
                                              {DT_STRTAB, DT_STRSZ},
                                              {DT_SYMTAB, 0},
                                              {DT_PLTGOT, 0},
                                              {DT_VERSYM, 0},
                                              {DT_VERNEED, 0},
                                              {DT_VERDEF, 0}}};
  for (const Table& table : kTables) {
    if (!has(table.address)) continue;
    const std::uint64_t size = table.size == 0 ? sizeof(std::uint64_t) : value(table.size);
    if (size > 0 && !image.maps(value(table.address), size, PF_R)) {
      return bad("has a dynamic section that points outside of its segments");
    }
  }
  for (const std::int64_t code : {DT_INIT, DT_FINI}) {
    if (has(code) && !image.maps(value(code), 1, PF_X)) {
      return bad("has an initializer outside of its code");
    }
  }
  return {};
}

Status ElfDynamic::read_strings(const ElfImage& image) {
  const std::uint64_t size = value(DT_STRSZ);
  const auto at = image.offset_of(value(DT_STRTAB), size);
  if (size == 0 || size > kMaxTable || !at) return bad("has no string table");
  strings_.resize(size);
  if (!image.bytes().read(*at, std::as_writable_bytes(std::span(strings_)))) {
    return bad("has a string table that cannot be read");
  }
  for (const Elf64_Dyn& entry : entries_) {
    if (entry.d_tag != DT_NEEDED && entry.d_tag != DT_AUXILIARY && entry.d_tag != DT_FILTER) {
      continue;
    }
    const std::string_view name = text_at(entry.d_un.d_val);
    if (name.empty()) return bad("needs a library whose name is outside of its string table");
    needed_.emplace_back(name);
  }
  return {};
}

Status ElfDynamic::read_symbols(const ElfImage& image) {
  if (has(DT_SYMENT) && value(DT_SYMENT) != sizeof(Elf64_Sym)) {
    return bad("has symbols of an unknown size");
  }
  // The loader prefers the GNU table, so what it says is what counts.
  std::optional<std::uint64_t> count;
  if (has(DT_GNU_HASH)) {
    count = count_by_gnu_hash(image, value(DT_GNU_HASH));
  } else if (has(DT_HASH)) {
    count = count_by_hash(image, value(DT_HASH));
  } else {
    return bad("has no symbol hash table");
  }
  if (!count || *count > kMaxTable / sizeof(Elf64_Sym)) {
    return bad("has a malformed symbol hash table");
  }
  symbols_.resize(*count);
  const auto at = image.offset_of(value(DT_SYMTAB), *count * sizeof(Elf64_Sym));
  if (!at || !image.bytes().read(*at, std::as_writable_bytes(std::span(symbols_)))) {
    return bad("has a symbol table that ends outside of its segments");
  }
  return {};
}

}  // namespace backplane::host
