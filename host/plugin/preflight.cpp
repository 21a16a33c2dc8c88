#include "host/plugin/preflight.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <sys/stat.h>
#include <utility>

#include "host/plugin/elf_dynamic.hpp"
#include "host/plugin/elf_image.hpp"
#include "host/plugin/plugin_text.hpp"
#include "host/plugin/preflight_code.hpp"

namespace backplane::host {
namespace {

Status check_segments(const ElfImage& image) {
  if (image.find(PT_INTERP) != nullptr) {
    return refusal(PreflightCode::kIsExecutable, "is a program: it names an interpreter");
  }
  // Without the header the loader assumes that the stack must be executable.
  const Elf64_Phdr* stack = image.find(PT_GNU_STACK);
  if (stack == nullptr || (stack->p_flags & PF_X) != 0) {
    return refusal(PreflightCode::kExecStack, "asks for an executable stack");
  }
  for (const Elf64_Phdr& segment : image.segments()) {
    if (segment.p_type == PT_LOAD && (segment.p_flags & PF_W) != 0 &&
        (segment.p_flags & PF_X) != 0) {
      return refusal(PreflightCode::kWriteExecSegment,
                     "has a segment that is both writable and executable");
    }
  }
  return {};
}

Status check_abi(const PluginNote& note, const PreflightPolicy& policy) {
  const std::string ours =
      std::to_string(policy.abi_major) + "." + std::to_string(policy.abi_minor);
  if (note.abi_major != policy.abi_major) {
    return refusal(PreflightCode::kAbiMajorMismatch,
                   "is built for plugin ABI " + std::to_string(note.abi_major) + "." +
                       std::to_string(note.abi_minor) + ", and this host has " + ours);
  }
  if (note.min_host_minor > policy.abi_minor) {
    return refusal(PreflightCode::kHostTooOld,
                   "needs a host with plugin ABI " + std::to_string(note.abi_major) + "." +
                       std::to_string(note.min_host_minor) + " or newer, and this one has " + ours);
  }
  return {};
}

Status check_flags(const ElfDynamic& dynamic) {
  const std::uint64_t flags = dynamic.value(DT_FLAGS);
  const std::uint64_t flags_1 = dynamic.value(DT_FLAGS_1);
  if ((flags_1 & DF_1_PIE) != 0) {
    return refusal(PreflightCode::kIsExecutable, "is a position-independent program");
  }
  if ((flags & DF_STATIC_TLS) != 0) {
    return refusal(PreflightCode::kStaticTls,
                   "uses static thread-local storage, of which a process has little");
  }
  if ((flags & DF_TEXTREL) != 0 || dynamic.has(DT_TEXTREL)) {
    return refusal(PreflightCode::kTextrel, "needs relocations in its code");
  }
  if ((flags_1 & DF_1_NODELETE) != 0) {
    return refusal(PreflightCode::kNodelete, "is marked never to be unloaded");
  }
  return {};
}

bool is_allowed(const std::string& library, const PreflightPolicy& policy) {
  const std::size_t suffix = library.find(".so");
  if (suffix == std::string::npos || library.find('/') != std::string::npos) return false;
  const std::string stem = library.substr(0, suffix);
  const auto& allowed = policy.allowed_libraries;
  return std::find(allowed.begin(), allowed.end(), stem) != allowed.end();
}

Status check_libraries(const ElfDynamic& dynamic, const PreflightPolicy& policy) {
  for (const std::string& library : dynamic.needed()) {
    if (!is_allowed(library, policy)) {
      return refusal(PreflightCode::kNeededNotAllowed,
                     "needs '" + printable(library) + "', which plugins may not share");
    }
  }
  if (dynamic.has(DT_RPATH) || dynamic.has(DT_RUNPATH)) {
    return refusal(PreflightCode::kRpath, "brings a library search path of its own");
  }
  return {};
}

bool is_defined(const Elf64_Sym& symbol) {
  return symbol.st_shndx != SHN_UNDEF;
}

bool is_exported(const Elf64_Sym& symbol) {
  const unsigned binding = ELF64_ST_BIND(symbol.st_info);
  const unsigned visibility = ELF64_ST_VISIBILITY(symbol.st_other);
  // An absolute symbol is the name of a version script's version.
  return is_defined(symbol) && symbol.st_shndx != SHN_ABS &&
         (binding == STB_GLOBAL || binding == STB_WEAK) &&
         (visibility == STV_DEFAULT || visibility == STV_PROTECTED);
}

Status check_symbols(const ElfImage& image, const ElfDynamic& dynamic, PreflightReport& report) {
  for (const Elf64_Sym& symbol : dynamic.symbols()) {
    if (is_defined(symbol) && ELF64_ST_BIND(symbol.st_info) == STB_GNU_UNIQUE) {
      return refusal(PreflightCode::kGnuUniqueSymbol,
                     "defines the unique symbol '" + printable(dynamic.text_at(symbol.st_name)) +
                         "': it could not be unloaded, and versions would share it");
    }
  }
  bool entry = false;
  for (const Elf64_Sym& symbol : dynamic.symbols()) {
    if (!is_exported(symbol)) continue;
    const std::string_view name = dynamic.text_at(symbol.st_name);
    if (name.empty()) continue;
    entry = entry || (name == BP_ENTRY && ELF64_ST_TYPE(symbol.st_info) == STT_FUNC &&
                      image.maps(symbol.st_value, 1, PF_X));
    report.exports.push_back(printable(name));
  }
  if (!entry) {
    return refusal(PreflightCode::kNoEntrySymbol, "does not export the function '" BP_ENTRY "'");
  }
  return {};
}

void add_warnings(const ElfDynamic& dynamic, PreflightReport& report) {
  const auto extra = std::find_if(report.exports.begin(), report.exports.end(),
                                  [](const std::string& name) { return name != BP_ENTRY; });
  if (extra != report.exports.end()) {
    report.warnings.push_back({std::string(word_of(PreflightCode::kExtraExports)),
                               "exports " + std::to_string(report.exports.size()) +
                                   " symbols, such as '" + *extra + "'; one is enough"});
  }
  // One entry is the C runtime's own.
  if (dynamic.value(DT_INIT_ARRAYSZ) > sizeof(std::uint64_t)) {
    report.warnings.push_back({std::string(word_of(PreflightCode::kStaticConstructors)),
                               "has static constructors, which run while it is being loaded"});
  }
}

}  // namespace

std::vector<std::string> PreflightPolicy::default_allowed_libraries() {
  std::vector<std::string> libraries = {"libc",       "libm",  "libstdc++", "libgcc_s",
                                        "libpthread", "libdl", "librt",     "ld-linux-x86-64"};
#if defined(__SANITIZE_ADDRESS__)
  libraries.insert(libraries.end(), {"libasan", "libubsan"});
#elif defined(__SANITIZE_THREAD__)
  libraries.emplace_back("libtsan");
#endif
  return libraries;
}

Result<PreflightReport> preflight(const ByteSource& bytes, const PreflightPolicy& policy) {
  if (bytes.size() < policy.min_size || bytes.size() > policy.max_size) {
    return refusal(PreflightCode::kBadSize,
                   "has " + std::to_string(bytes.size()) + " bytes; a plugin has " +
                       std::to_string(policy.min_size) + " to " + std::to_string(policy.max_size));
  }
  auto image = ElfImage::read(bytes);
  if (!image.ok()) return std::move(image).error();
  Status status = check_segments(image.value());
  if (!status.ok()) return std::move(status).error();
  auto note = read_plugin_note(image.value());
  if (!note.ok()) return std::move(note).error();
  status = check_abi(note.value(), policy);
  if (!status.ok()) return std::move(status).error();
  auto dynamic = ElfDynamic::read(image.value());
  if (!dynamic.ok()) return std::move(dynamic).error();

  PreflightReport report;
  report.note = std::move(note).value();
  report.size = bytes.size();
  for (const std::string& library : dynamic.value().needed()) {
    report.needed.push_back(printable(library));
  }
  status = check_flags(dynamic.value());
  if (status.ok()) status = check_libraries(dynamic.value(), policy);
  if (status.ok()) status = check_symbols(image.value(), dynamic.value(), report);
  if (!status.ok()) return std::move(status).error();
  add_warnings(dynamic.value(), report);
  return report;
}

Result<PreflightReport> preflight(int fd, const PreflightPolicy& policy) {
  struct stat status {};
  if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) {
    return refusal(PreflightCode::kNotRegularFile, "is not a regular file");
  }
  return preflight(ByteSource(fd, static_cast<std::uint64_t>(status.st_size)), policy);
}

}  // namespace backplane::host
