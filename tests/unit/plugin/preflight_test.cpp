#include "host/plugin/preflight.hpp"

#include <algorithm>
#include <string>

#include <doctest/doctest.h>

#include <backplane/abi.h>

#include "tests/unit/plugin/elf_bytes.hpp"

namespace backplane::host {
namespace {

ElfBytes hello() {
  return ElfBytes::read(BACKPLANE_HELLO_PLUGIN);
}

Result<PreflightReport> judge(std::span<const std::byte> bytes) {
  return preflight(ByteSource(bytes), PreflightPolicy());
}

// "accepted", or the reason of the refusal.
std::string verdict(std::span<const std::byte> bytes) {
  const auto report = judge(bytes);
  return report.ok() ? "accepted" : std::string(report.error().reason());
}

std::string verdict(const ElfBytes& elf) {
  return verdict(elf.all());
}

// Where the content of the note begins.
std::size_t note_of(const ElfBytes& elf) {
  return elf.find(std::string_view(BP_NOTE_OWNER "\0\0\0\0BKP1", 12)) + 8;
}

}  // namespace

TEST_SUITE("plugin") {
  TEST_CASE("preflight: a plugin of the SDK is accepted with its name, version and exports") {
    const ElfBytes elf = hello();
    const auto report = judge(elf.all());
    REQUIRE(report.ok());
    CHECK(report.value().note.name == "hello");
    CHECK(report.value().note.abi_major == BP_ABI_MAJOR);
    CHECK_FALSE(report.value().note.version.empty());
    CHECK(report.value().size == elf.size());
    CHECK(report.value().exports == std::vector<std::string>{BP_ENTRY});
    const auto& needed = report.value().needed;
    CHECK(std::find(needed.begin(), needed.end(), "libc.so.6") != needed.end());
  }

  TEST_CASE("preflight: text, and sizes out of range, are told apart") {
    const std::string text(64, 'x');
    CHECK(verdict(std::as_bytes(std::span(text)).first(63)) == "bad_size");
    CHECK(verdict(std::as_bytes(std::span(text))) == "not_elf");
    PreflightPolicy small;
    small.max_size = 100;
    const auto report = preflight(ByteSource(hello().all()), small);
    REQUIRE_FALSE(report.ok());
    CHECK(report.error().reason() == "bad_size");
    CHECK(report.error().code() == ErrorCode::kInvalidArgument);
  }

  TEST_CASE("preflight: wrong class, byte order, machine and type have codes of their own") {
    ElfBytes elf = hello();
    elf.put(offsetof(Elf64_Ehdr, e_type), std::uint16_t{ET_EXEC});
    CHECK(verdict(elf) == "not_shared_object");
    // Each is asked for before the one above it.
    elf.put(offsetof(Elf64_Ehdr, e_machine), std::uint16_t{EM_AARCH64});
    CHECK(verdict(elf) == "wrong_machine");
    elf[EI_DATA] = std::byte{ELFDATA2MSB};
    CHECK(verdict(elf) == "wrong_endian");
    elf[EI_CLASS] = std::byte{ELFCLASS32};
    CHECK(verdict(elf) == "wrong_elf_class");
    elf[0] = std::byte{0};
    CHECK(verdict(elf) == "not_elf");
  }

  TEST_CASE("preflight: segments that make a process unsafe are refused") {
    SUBCASE("a program's interpreter") {
      ElfBytes elf = hello();
      elf.put(elf.header_of(PT_GNU_STACK), std::uint32_t{PT_INTERP});
      CHECK(verdict(elf) == "is_executable");
    }
    SUBCASE("an executable stack") {
      ElfBytes elf = hello();
      elf.put(elf.header_of(PT_GNU_STACK) + offsetof(Elf64_Phdr, p_flags),
              std::uint32_t{PF_R | PF_W | PF_X});
      CHECK(verdict(elf) == "exec_stack");
    }
    SUBCASE("no word about the stack, which means executable") {
      ElfBytes elf = hello();
      elf.put(elf.header_of(PT_GNU_STACK), std::uint32_t{PT_NULL});
      CHECK(verdict(elf) == "exec_stack");
    }
    SUBCASE("code that can be written") {
      ElfBytes elf = hello();
      elf.put(elf.header_of(PT_LOAD) + offsetof(Elf64_Phdr, p_flags),
              std::uint32_t{PF_R | PF_W | PF_X});
      CHECK(verdict(elf) == "write_exec_segment");
    }
  }

  TEST_CASE("preflight: the note decides whether the plugin fits this host") {
    ElfBytes elf = hello();
    const std::size_t note = note_of(elf);
    SUBCASE("another major") {
      elf.put(note + offsetof(bp_note, abi_major), std::uint32_t{2});
      const auto report = judge(elf.all());
      REQUIRE_FALSE(report.ok());
      CHECK(report.error().reason() == "abi_major_mismatch");
      CHECK(report.error().message().find("2.1") != std::string::npos);
      CHECK(report.error().message().find("1.1") != std::string::npos);
    }
    SUBCASE("a newer host is wanted") {
      elf.put(note + offsetof(bp_note, min_host_minor), std::uint32_t{7});
      CHECK(verdict(elf) == "host_too_old");
    }
    SUBCASE("a newer minor that is content with this host") {
      elf.put(note + offsetof(bp_note, abi_minor), std::uint32_t{7});
      CHECK(verdict(elf) == "accepted");
    }
    SUBCASE("another magic number") {
      elf.put(note, std::uint32_t{0});
      CHECK(verdict(elf) == "no_backplane_note");
    }
    SUBCASE("another type of note") {
      elf.put(note - 12, std::uint32_t{2});
      CHECK(verdict(elf) == "no_backplane_note");
    }
    SUBCASE("a note that is too long for its segment") {
      elf.put(note - 16, ~std::uint32_t{0});
      CHECK(verdict(elf) == "no_backplane_note");
    }
    SUBCASE("a name without an end") {
      for (std::size_t i = 0; i < sizeof(bp_note::name); ++i) {
        elf[note + offsetof(bp_note, name) + i] = std::byte{'a'};
      }
      CHECK(verdict(elf) == "no_backplane_note");
    }
  }

  TEST_CASE("preflight: flags of the dynamic section that forbid loading or unloading") {
    // DT_FLAGS and DT_FLAGS_1 come with -z now.
    ElfBytes elf = hello();
    const std::size_t flags = elf.dynamic_at(DT_FLAGS);
    const std::size_t flags_1 = elf.dynamic_at(DT_FLAGS_1);
    REQUIRE(flags != 0);
    REQUIRE(flags_1 != 0);
    const std::size_t value = offsetof(Elf64_Dyn, d_un);
    elf.put(flags_1 + value, std::uint64_t{DF_1_NODELETE});
    CHECK(verdict(elf) == "nodelete");
    elf.put(flags + value, std::uint64_t{DF_TEXTREL});
    CHECK(verdict(elf) == "textrel");
    elf.put(flags + value, std::uint64_t{DF_TEXTREL | DF_STATIC_TLS});
    CHECK(verdict(elf) == "static_tls");
    elf.put(flags_1 + value, std::uint64_t{DF_1_PIE});
    CHECK(verdict(elf) == "is_executable");
  }

  TEST_CASE("preflight: only the system's own libraries may be needed, by bare name") {
    PreflightPolicy none;
    none.allowed_libraries.clear();
    const ElfBytes elf = hello();
    auto report = preflight(ByteSource(elf.all()), none);
    REQUIRE_FALSE(report.ok());
    CHECK(report.error().reason() == "needed_not_allowed");

    ElfBytes renamed = hello();
    const std::size_t at = renamed.find("libc.so.6");
    renamed[at + 3] = std::byte{'/'};
    CHECK(verdict(renamed) == "needed_not_allowed");
  }

  TEST_CASE("preflight: a search path of its own is refused") {
    ElfBytes elf = hello();
    elf.put(elf.dynamic_at(DT_GNU_HASH), std::int64_t{DT_RUNPATH});
    // The hash table is needed to get that far.
    elf.put(elf.dynamic_at(DT_FLAGS_1), std::int64_t{DT_GNU_HASH});
    const ElfBytes whole = hello();
    elf.put(elf.dynamic_at(DT_GNU_HASH) + offsetof(Elf64_Dyn, d_un),
            whole.get<Elf64_Dyn>(whole.dynamic_at(DT_GNU_HASH)).d_un.d_ptr);
    CHECK(verdict(elf) == "rpath");
  }

  TEST_CASE("preflight: without the entry function there is nothing to load") {
    ElfBytes elf = hello();
    const std::size_t at = elf.find(std::string("\0" BP_ENTRY, sizeof BP_ENTRY));
    elf[at + 1] = std::byte{'B'};
    CHECK(verdict(elf) == "no_entry_symbol");
  }
}

}  // namespace backplane::host
