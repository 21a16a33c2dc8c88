#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "host/json/json_tree.hpp"

namespace backplane::host {

class JsonChildren;

// A view of one value in a JsonDocument, which must outlive it. A plain value; any thread. Asking
// for what the value is not gives nothing: no input can make a getter assert.
class JsonValue {
 public:
  JsonValue(const JsonTree& tree, std::uint32_t index) : tree_(&tree), index_(index) {}

  JsonKind kind() const { return node().kind; }
  bool is_object() const { return kind() == JsonKind::kObject; }
  bool is_array() const { return kind() == JsonKind::kArray; }

  std::optional<bool> boolean() const;
  // The unescaped characters.
  std::optional<std::string_view> string() const;
  // Only what is written without fraction and exponent: 1, not 1.0, and fits.
  std::optional<std::int64_t> integer() const;
  // Infinite when the number is beyond every double: the reader accepts what JSON's grammar does.
  std::optional<double> number() const;

  // Elements of an array or members of an object, in the order written.
  JsonChildren children() const;
  std::size_t size() const { return node().child_count; }
  std::optional<JsonValue> find(std::string_view name) const;
  // The name under which an object holds this value; empty for others.
  std::string_view key() const;

  // Where this value is in its document, RFC 6901; empty for the whole.
  std::string pointer() const;
  // As it is written in the document.
  std::string_view source() const;
  std::size_t offset() const { return node().begin; }
  // For error messages: the value when it is short, else its kind.
  std::string found() const;

  std::optional<JsonValue> next() const;

 private:
  const JsonNode& node() const { return tree_->nodes[index_]; }

  const JsonTree* tree_;
  std::uint32_t index_;
};

// The range behind JsonValue::children().
class JsonChildren {
 public:
  class Iterator {
   public:
    explicit Iterator(std::optional<JsonValue> value) : value_(value) {}
    const JsonValue& operator*() const { return *value_; }
    Iterator& operator++() {
      value_ = value_->next();
      return *this;
    }
    bool operator!=(const Iterator& other) const {
      return value_.has_value() != other.value_.has_value();
    }

   private:
    std::optional<JsonValue> value_;
  };

  explicit JsonChildren(std::optional<JsonValue> first) : first_(first) {}
  Iterator begin() const { return Iterator(first_); }
  static Iterator end() { return Iterator(std::nullopt); }

 private:
  std::optional<JsonValue> first_;
};

// `name` as one step of a JSON pointer: "/" and the name with "~" and "/" escaped.
std::string pointer_step(std::string_view name);

}  // namespace backplane::host
