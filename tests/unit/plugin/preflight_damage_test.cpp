#include <algorithm>
#include <string>

#include <doctest/doctest.h>

#include "host/base/random.hpp"
#include "host/plugin/preflight.hpp"
#include "tests/support/sanitized.hpp"
#include "tests/unit/plugin/elf_bytes.hpp"

namespace backplane::host {
namespace {

// More where a byte read out of bounds would be seen.
constexpr int kDamagedPlugins = kAddressSanitized ? 10'000 : 2'000;

ElfBytes hello() {
  return ElfBytes::read(BACKPLANE_HELLO_PLUGIN);
}

// "accepted", or the reason of the refusal.
std::string verdict(std::span<const std::byte> bytes) {
  const auto report = preflight(ByteSource(bytes), PreflightPolicy());
  return report.ok() ? "accepted" : std::string(report.error().reason());
}

std::string verdict(const ElfBytes& elf) {
  return verdict(elf.all());
}

}  // namespace

TEST_SUITE("plugin") {
  TEST_CASE("preflight: every 2 KiB prefix of a plugin is refused as cut short") {
    const ElfBytes elf = hello();
    CHECK(verdict(elf.prefix(0)) == "bad_size");
    for (std::size_t size = 2048; size < elf.size(); size += 2048) {
      CAPTURE(size);
      CHECK(verdict(elf.prefix(size)) == "truncated");
    }
    CHECK(verdict(elf.prefix(elf.size() - 1)) == "truncated");
    CHECK(verdict(elf.prefix(64)) == "truncated");
  }

  TEST_CASE("preflight: malformed segment tables are refused") {
    SUBCASE("no headers") {
      ElfBytes elf = hello();
      elf.put(offsetof(Elf64_Ehdr, e_phnum), std::uint16_t{0});
      CHECK(verdict(elf) == "bad_phdr");
    }
    SUBCASE("headers of another size") {
      ElfBytes elf = hello();
      elf.put(offsetof(Elf64_Ehdr, e_phentsize), std::uint16_t{32});
      CHECK(verdict(elf) == "bad_phdr");
    }
    SUBCASE("a table beyond the end of the address space") {
      ElfBytes elf = hello();
      elf.put(offsetof(Elf64_Ehdr, e_phoff), ~std::uint64_t{0});
      CHECK(verdict(elf) == "truncated");
    }
    SUBCASE("a segment that wraps around") {
      ElfBytes elf = hello();
      elf.put(elf.header_of(PT_LOAD) + offsetof(Elf64_Phdr, p_memsz), ~std::uint64_t{0});
      CHECK(verdict(elf) == "bad_phdr");
    }
    SUBCASE("a segment with more bytes than the file") {
      ElfBytes elf = hello();
      const std::size_t at = elf.header_of(PT_NOTE);
      elf.put(at + offsetof(Elf64_Phdr, p_filesz), std::uint64_t{1} << 30U);
      elf.put(at + offsetof(Elf64_Phdr, p_memsz), std::uint64_t{1} << 30U);
      CHECK(verdict(elf) == "truncated");
    }
    SUBCASE("a section table beyond the end") {
      ElfBytes elf = hello();
      elf.put(offsetof(Elf64_Ehdr, e_shoff), ~std::uint64_t{0} - 8);
      CHECK(verdict(elf) == "truncated");
    }
  }

  TEST_CASE("preflight: tables of the dynamic section must lie inside of the file") {
    for (const std::int64_t tag : {DT_STRTAB, DT_SYMTAB, DT_GNU_HASH, DT_RELA, DT_INIT}) {
      CAPTURE(tag);
      ElfBytes elf = hello();
      const std::size_t at = elf.dynamic_at(tag);
      REQUIRE(at != 0);
      elf.put(at + offsetof(Elf64_Dyn, d_un), std::uint64_t{1} << 31U);
      CHECK(verdict(elf) == "bad_dynamic");
    }
  }

  TEST_CASE("preflight: damaged plugins are judged without harm") {
    constexpr std::uint64_t kSeed = 20240229;
    INFO("seed ", kSeed);
    const ElfBytes whole = hello();
    Random random(kSeed);
    int refused = 0;
    for (int round = 0; round < kDamagedPlugins; ++round) {
      ElfBytes elf = whole;
      // Half of the changes go where the headers and tables are.
      const std::size_t range =
          round % 2 == 0 ? std::min<std::size_t>(elf.size(), 4096) : elf.size();
      const std::uint32_t changes = 1 + random.below(8);
      for (std::uint32_t i = 0; i < changes; ++i) {
        elf[random.below(static_cast<std::uint32_t>(range))] =
            static_cast<std::byte>(random.below(256));
      }
      const std::string word = verdict(elf);
      CHECK_FALSE(word.empty());
      if (word != "accepted") ++refused;
    }
    CHECK(refused > 0);
  }
}

}  // namespace backplane::host
