#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <elf.h>
#include <fstream>
#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace backplane::host {

// The bytes of a real plugin, and places in them to patch. Values of one test.
class ElfBytes {
 public:
  static ElfBytes read(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    const std::string text((std::istreambuf_iterator<char>(file)), {});
    ElfBytes elf;
    elf.bytes_.resize(text.size());
    std::memcpy(elf.bytes_.data(), text.data(), text.size());
    return elf;
  }

  std::size_t size() const { return bytes_.size(); }
  std::span<const std::byte> all() const { return bytes_; }
  std::span<const std::byte> prefix(std::size_t size) const { return all().first(size); }
  std::byte& operator[](std::size_t at) { return bytes_[at]; }

  template <typename T>
  void put(std::size_t at, T value) {
    std::memcpy(&bytes_[at], &value, sizeof value);
  }
  template <typename T>
  T get(std::size_t at) const {
    T value{};
    std::memcpy(&value, &bytes_[at], sizeof value);
    return value;
  }

  Elf64_Ehdr head() const { return get<Elf64_Ehdr>(0); }
  // Where program header `index` stands.
  std::size_t header_at(std::size_t index) const {
    return head().e_phoff + index * sizeof(Elf64_Phdr);
  }
  // Where the first program header of `type` stands; the file has one.
  std::size_t header_of(std::uint32_t type) const {
    for (std::size_t i = 0; i < head().e_phnum; ++i) {
      if (get<Elf64_Phdr>(header_at(i)).p_type == type) return header_at(i);
    }
    return 0;
  }
  // Where the entry of the dynamic section with `tag` stands; 0 when there is none.
  std::size_t dynamic_at(std::int64_t tag) const {
    const auto segment = get<Elf64_Phdr>(header_of(PT_DYNAMIC));
    for (std::size_t at = segment.p_offset; at < segment.p_offset + segment.p_filesz;
         at += sizeof(Elf64_Dyn)) {
      if (get<Elf64_Dyn>(at).d_tag == tag) return at;
    }
    return 0;
  }
  // Where `text` stands first.
  std::size_t find(std::string_view text) const {
    const auto pattern = std::as_bytes(std::span(text));
    const auto at = std::search(bytes_.begin(), bytes_.end(), pattern.begin(), pattern.end());
    return static_cast<std::size_t>(at - bytes_.begin());
  }

 private:
  std::vector<std::byte> bytes_;
};

}  // namespace backplane::host
