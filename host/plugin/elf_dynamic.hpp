#pragma once

#include <cstdint>
#include <elf.h>
#include <string>
#include <string_view>
#include <vector>

#include "host/base/result.hpp"
#include "host/plugin/elf_image.hpp"

namespace backplane::host {

// What the dynamic section of an ElfImage tells the loader, read the way the loader reads it: by
// program headers, since section headers may be stripped or lie. A plain value; one thread.
class ElfDynamic {
 public:
  // [any] Refuses with bad_dynamic when a table of it is not where the file has bytes.
  static Result<ElfDynamic> read(const ElfImage& image);

  // The last value of `tag`; 0 when there is none.
  std::uint64_t value(std::int64_t tag) const;
  bool has(std::int64_t tag) const;
  // DT_NEEDED, and what DT_AUXILIARY and DT_FILTER make the loader load besides.
  const std::vector<std::string>& needed() const { return needed_; }
  const std::vector<Elf64_Sym>& symbols() const { return symbols_; }
  // Empty when it points outside of the string table.
  std::string_view text_at(std::uint64_t offset) const;

 private:
  ElfDynamic() = default;
  Status read_entries(const ElfImage& image);
  Status check_tables(const ElfImage& image) const;
  Status read_strings(const ElfImage& image);
  Status read_symbols(const ElfImage& image);

  std::vector<Elf64_Dyn> entries_;
  std::vector<std::string> needed_;
  std::vector<Elf64_Sym> symbols_;
  std::string strings_;
};

}  // namespace backplane::host
