#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace backplane::host {

enum class JsonKind : std::uint8_t { kNull, kBoolean, kNumber, kString, kArray, kObject };

// One value of a parsed document: indices into JsonTree, no pointers, so that a tree may move.
struct JsonNode {
  static constexpr std::uint32_t kNone = UINT32_MAX;

  JsonKind kind = JsonKind::kNull;
  bool truth = false;
  std::uint32_t begin = 0;  // in `source`
  std::uint32_t end = 0;
  std::uint32_t text_begin = 0;  // a string's characters, in `strings`
  std::uint32_t text_size = 0;
  std::uint32_t key_begin = 0;  // a member's name, in `strings`
  std::uint32_t key_size = 0;
  std::uint32_t parent = kNone;
  std::uint32_t next = kNone;  // sibling
  std::uint32_t first_child = kNone;
  std::uint32_t index = 0;  // among its siblings
  std::uint32_t child_count = 0;
};

// What parse_json builds and JsonDocument owns; node 0 is the root. Constant once built.
struct JsonTree {
  std::string source;
  std::string strings;  // unescaped texts and names, one after the other
  std::vector<JsonNode> nodes;
};

}  // namespace backplane::host
