#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string_view>

#include <backplane/abi.h>

// The tables of a plugin, built by the compiler: nothing runs when the plugin is loaded. A `throw`
// here is an error of compilation, and its text the message.
namespace backplane {

consteval bool is_plugin_name(std::string_view name) {
  if (name.empty() || name.size() > 64) return false;
  for (const char c : name) {
    const bool good =
        (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-';
    if (!good) return false;
  }
  return true;
}

// Handlers that name no version have the plugin's.
template <typename... Handlers>
consteval std::array<bp_handler, sizeof...(Handlers)> make_handlers(const char* plugin_version,
                                                                    Handlers... handlers) {
  static_assert(sizeof...(Handlers) >= 1 && sizeof...(Handlers) <= 256,
                "a plugin has 1 to 256 handlers");
  std::array<bp_handler, sizeof...(Handlers)> table{handlers...};
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (table[i].version == nullptr) table[i].version = plugin_version;
    for (std::size_t j = 0; j < i; ++j) {
      if (std::string_view(table[j].name) == table[i].name) {
        throw std::invalid_argument("two handlers of a plugin have the same name");
      }
    }
  }
  return table;
}

template <std::size_t kCount>
consteval std::array<const bp_handler*, kCount> point_to(
    const std::array<bp_handler, kCount>& handlers) {
  std::array<const bp_handler*, kCount> pointers{};
  for (std::size_t i = 0; i < kCount; ++i) pointers[i] = &handlers[i];
  return pointers;
}

template <std::size_t kCount>
consteval bp_plugin make_plugin(const char* name, const char* version,
                                const std::array<const bp_handler*, kCount>& handlers) {
  return {.struct_size = sizeof(bp_plugin),
          .magic = BP_MAGIC,
          .abi_major = BP_ABI_MAJOR,
          .abi_minor = BP_ABI_MINOR,
          .name = name,
          .version = version,
          .handler_count = static_cast<std::uint32_t>(kCount),
          .reserved0 = 0,
          .handlers = handlers.data(),
          .init = nullptr,
          .deinit = nullptr};
}

consteval bp_note_record make_note(std::string_view name, std::string_view version) {
  bp_note_record record{};
  if (!is_plugin_name(name) || name.size() >= sizeof(record.content.name)) {
    throw std::invalid_argument("a plugin's name is 1 to 47 characters out of [a-z0-9_.-]");
  }
  if (version.empty() || version.size() >= sizeof(record.content.version)) {
    throw std::invalid_argument("a plugin's version is 1 to 31 characters");
  }
  constexpr std::string_view kOwner = BP_NOTE_OWNER;
  record.owner_size = static_cast<std::uint32_t>(kOwner.size() + 1);
  record.content_size = sizeof(bp_note);
  record.type = BP_NOTE_TYPE;
  for (std::size_t i = 0; i < kOwner.size(); ++i) record.owner[i] = kOwner[i];
  record.content.magic = BP_MAGIC;
  record.content.abi_major = BP_ABI_MAJOR;
  record.content.abi_minor = BP_ABI_MINOR;
  record.content.min_host_minor = 0;
  for (std::size_t i = 0; i < name.size(); ++i) record.content.name[i] = name[i];
  for (std::size_t i = 0; i < version.size(); ++i) record.content.version[i] = version[i];
  return record;
}

}  // namespace backplane
