#pragma once

#include <charconv>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <backplane/base64.hpp>
#include <backplane/error.hpp>
#include <backplane/utf8.hpp>

namespace backplane {

// Numbers of JSON: neither bool nor the character types, which mean something else.
template <typename T>
concept JsonNumber = std::floating_point<T> ||
    (std::integral<T> && !std::same_as<T, bool> && !std::same_as<T, char> &&
     !std::same_as<T, char8_t> && !std::same_as<T, char16_t> && !std::same_as<T, char32_t> &&
     !std::same_as<T, wchar_t>);

// Builds JSON text piece by piece; every method returns the writer, so calls chain:
//   JsonWriter().begin_object().member("count", 3).end_object().take()
// Throws Error (internal) for what JSON cannot say: NaN and infinities, text that is not UTF-8, and
// pieces in an order that is no JSON. A plain value; one thread.
class JsonWriter {
 public:
  JsonWriter& begin_object() { return open('{'); }
  JsonWriter& end_object() { return close('{', '}'); }
  JsonWriter& begin_array() { return open('['); }
  JsonWriter& end_array() { return close('[', ']'); }

  JsonWriter& key(std::string_view name) {
    if (scopes_.empty() || scopes_.back().bracket != '{' || after_key_) {
      throw Error::internal("json: key '" + std::string(name) + "' has no place here");
    }
    separate();
    write_string(name);
    text_ += ':';
    after_key_ = true;
    return *this;
  }

  JsonWriter& null() { return literal("null"); }
  // A template, so that a pointer does not become a bool.
  template <std::same_as<bool> T>
  JsonWriter& value(T boolean) {
    return literal(boolean ? "true" : "false");
  }
  JsonWriter& value(std::string_view string) {
    start_value();
    write_string(string);
    return *this;
  }
  template <JsonNumber T>
  JsonWriter& value(T number) {
    if constexpr (std::floating_point<T>) {
      if (!std::isfinite(number)) throw Error::internal("json: NaN and infinities have no number");
    }
    char digits[64];
    const auto [end, error] = std::to_chars(digits, digits + sizeof(digits), number);
    return literal({digits, static_cast<std::size_t>(end - digits)});
  }

  // An array of numbers.
  template <typename T, std::size_t kExtent>
  requires JsonNumber<std::remove_const_t<T>> JsonWriter& numbers(std::span<T, kExtent> values) {
    begin_array();
    for (const auto number : values) value(number);
    return end_array();
  }

  // Binary data as a string in base64.
  JsonWriter& bytes(std::string_view binary) {
    start_value();
    text_ += '"';
    append_base64(text_, binary);
    text_ += '"';
    return *this;
  }

  template <typename T>
  JsonWriter& member(std::string_view name, const T& content) {
    return key(name).value(content);
  }

  // The text; throws Error (internal) if it is not one whole value.
  std::string take() {
    if (!scopes_.empty() || after_key_ || text_.empty()) {
      throw Error::internal("json: an object or array is still open");
    }
    return std::move(text_);
  }

 private:
  struct Scope {
    char bracket;
    bool has_elements;
  };

  JsonWriter& open(char bracket) {
    start_value();
    text_ += bracket;
    scopes_.push_back({bracket, false});
    return *this;
  }

  JsonWriter& close(char bracket, char closing) {
    if (scopes_.empty() || scopes_.back().bracket != bracket || after_key_) {
      throw Error::internal(std::string("json: '") + closing + "' has no place here");
    }
    scopes_.pop_back();
    text_ += closing;
    return *this;
  }

  JsonWriter& literal(std::string_view text) {
    start_value();
    text_ += text;
    return *this;
  }

  void start_value() {
    const bool in_object = !scopes_.empty() && scopes_.back().bracket == '{';
    if (in_object != after_key_ || (scopes_.empty() && !text_.empty())) {
      throw Error::internal("json: a value has no place here");
    }
    if (!in_object) separate();
    after_key_ = false;
  }

  void separate() {
    if (scopes_.empty()) return;
    if (scopes_.back().has_elements) text_ += ',';
    scopes_.back().has_elements = true;
  }

  void write_string(std::string_view string) {
    const std::size_t valid = valid_utf8_prefix(string);
    if (valid != string.size()) {
      throw Error::internal("json: byte " + std::to_string(valid) + " of a string is not UTF-8");
    }
    constexpr std::string_view kHex = "0123456789abcdef";
    text_ += '"';
    for (const char c : string) {
      if (c == '"' || c == '\\') {
        text_ += '\\';
        text_ += c;
      } else if (c == '\n') {
        text_ += "\\n";
      } else if (c == '\r') {
        text_ += "\\r";
      } else if (c == '\t') {
        text_ += "\\t";
      } else if (static_cast<unsigned char>(c) < 0x20) {
        text_ += "\\u00";
        text_ += kHex[static_cast<unsigned char>(c) >> 4];
        text_ += kHex[static_cast<unsigned char>(c) & 15];
      } else {
        text_ += c;
      }
    }
    text_ += '"';
  }

  std::string text_;
  std::vector<Scope> scopes_;
  bool after_key_ = false;
};

}  // namespace backplane
