#include "host/plugin/mapped_object.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <functional>
#include <link.h>

namespace backplane::host {
namespace {

using Visitor = std::function<bool(const dl_phdr_info&)>;

int visit(dl_phdr_info* object, std::size_t /*size*/, void* visitor) {
  return (*static_cast<Visitor*>(visitor))(*object) ? 1 : 0;
}

// Shows every loaded object to `visitor` until it says true.
void for_each_object(Visitor visitor) {
  dl_iterate_phdr(visit, &visitor);
}

std::uintptr_t address_of(const void* pointer) {
  return std::bit_cast<std::uintptr_t>(pointer);
}

}  // namespace

MappedObject MappedObject::containing(const void* address) {
  MappedObject found;
  for_each_object([&](const dl_phdr_info& object) {
    MappedObject candidate;
    candidate.path_ = object.dlpi_name;
    for (std::size_t i = 0; i < object.dlpi_phnum; ++i) {
      const ElfW(Phdr)& segment = object.dlpi_phdr[i];
      if (segment.p_type != PT_LOAD || (segment.p_flags & PF_R) == 0) continue;
      const std::uintptr_t begin = object.dlpi_addr + segment.p_vaddr;
      candidate.ranges_.push_back({begin, begin + segment.p_memsz, (segment.p_flags & PF_X) != 0});
    }
    if (candidate.range_of(address_of(address)) == nullptr) return false;
    found = std::move(candidate);
    return true;
  });
  return found;
}

bool MappedObject::is_mapped(const std::string& path) {
  bool found = false;
  for_each_object([&](const dl_phdr_info& object) {
    found = path == object.dlpi_name;
    return found;
  });
  return found;
}

const MappedObject::Range* MappedObject::range_of(std::uintptr_t address) const {
  const auto found = std::find_if(ranges_.begin(), ranges_.end(), [address](const Range& range) {
    return range.begin <= address && address < range.end;
  });
  return found == ranges_.end() ? nullptr : &*found;
}

bool MappedObject::holds(const void* address, std::size_t length) const {
  const Range* range = range_of(address_of(address));
  return range != nullptr && length <= range->end - address_of(address);
}

bool MappedObject::has_code_at(std::uintptr_t address) const {
  const Range* range = range_of(address);
  return range != nullptr && range->code;
}

std::optional<std::string_view> MappedObject::text_at(const char* address,
                                                      std::size_t limit) const {
  const Range* range = range_of(address_of(address));
  if (range == nullptr) return std::nullopt;
  const std::size_t readable = std::min<std::size_t>(limit, range->end - address_of(address));
  const std::size_t length = strnlen(address, readable);
  if (length == readable) return std::nullopt;
  return std::string_view(address, length);
}

}  // namespace backplane::host
