#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "host/json/json_value.hpp"

namespace backplane::host {

// A place in a text, both counted from 1; columns count characters, not bytes.
struct TextPlace {
  std::size_t line = 1;
  std::size_t column = 1;
};

TextPlace place_of(std::string_view text, std::size_t offset);

// One parsed JSON document with the text it came from. Made by parse_json, owned by whoever
// called it; constant, any thread. Values stay valid when the document is moved.
class JsonDocument {
 public:
  explicit JsonDocument(JsonTree tree) : tree_(std::make_unique<const JsonTree>(std::move(tree))) {}

  JsonValue root() const { return {*tree_, 0}; }
  // The value that `pointer` (RFC 6901) leads to; nothing when there is none.
  std::optional<JsonValue> find(std::string_view pointer) const;
  // Where in the text the value of `pointer` begins; where there is none, the nearest value that
  // would hold it.
  TextPlace place_of_pointer(std::string_view pointer) const;

 private:
  std::unique_ptr<const JsonTree> tree_;
};

}  // namespace backplane::host
