#pragma once

#include <cstdint>
#include <elf.h>
#include <optional>
#include <vector>

#include "host/base/result.hpp"
#include "host/base/status.hpp"
#include "host/plugin/byte_source.hpp"

namespace backplane::host {

// The head and the segments of an x86-64 shared object, proved to lie inside the file. A plain
// value of whoever runs preflight; borrows the bytes. One thread.
class ElfImage {
 public:
  // [any] Refuses with not_elf … truncated (PreflightCode), in that order.
  static Result<ElfImage> read(const ByteSource& bytes);

  const ByteSource& bytes() const { return *bytes_; }
  const std::vector<Elf64_Phdr>& segments() const { return segments_; }
  // The first segment of `type`, or null.
  const Elf64_Phdr* find(std::uint32_t type) const;

  // Where `length` bytes at `address` stand in the file. Nothing when they are not all backed by
  // it: an address that is loaded from no segment, or the zero-filled end of one.
  std::optional<std::uint64_t> offset_of(std::uint64_t address, std::uint64_t length) const;
  // True when a segment with all of `flags` (PF_R …) maps those bytes, from the file or zeroed.
  bool maps(std::uint64_t address, std::uint64_t length, std::uint32_t flags) const;

 private:
  ElfImage(const ByteSource& bytes, std::vector<Elf64_Phdr> segments)
      : bytes_(&bytes), segments_(std::move(segments)) {}

  const ByteSource* bytes_;
  std::vector<Elf64_Phdr> segments_;
};

}  // namespace backplane::host
