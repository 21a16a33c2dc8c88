#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace backplane::host {

// The memory that one loaded object (a library, or this program) occupies: where its tables and
// its functions must lie. A plain value, true as long as the object stays loaded.
class MappedObject {
 public:
  // [any] The object that `address` lies in; without any memory when there is none.
  static MappedObject containing(const void* address);
  // [any] Whether an object loaded from exactly `path` is mapped. The loader's own word: the
  // result of dlclose says nothing.
  static bool is_mapped(const std::string& path);

  bool empty() const { return ranges_.empty(); }
  // Its file, as the loader names it; empty for the program itself.
  const std::string& path() const { return path_; }
  // True when `length` bytes at `address` are readable memory of the object.
  bool holds(const void* address, std::size_t length) const;
  // True when `address` is in its code.
  bool has_code_at(std::uintptr_t address) const;
  // The text at `address`, which ends with NUL within `limit` bytes and inside of the object.
  std::optional<std::string_view> text_at(const char* address, std::size_t limit) const;

 private:
  struct Range {
    std::uintptr_t begin;
    std::uintptr_t end;
    bool code;
  };
  const Range* range_of(std::uintptr_t address) const;

  std::string path_;
  std::vector<Range> ranges_;
};

}  // namespace backplane::host
