#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/base/error.hpp"
#include "host/json/json_value.hpp"

namespace backplane::host {

// The integers a key may hold, both ends included.
struct IntegerRange {
  std::int64_t least;
  std::int64_t most;
};

// Reads the members of one JSON object into fields, and adds an error with its pointer for each
// that does not fit; the field then keeps what it had. Every key asked for is a known one, so
// that finish() can name the others. A local variable of one reading function; one thread.
class ObjectReader {
 public:
  // `errors` must outlive the reader. A `value` that is no object is an error of its own.
  ObjectReader(const JsonValue& value, std::vector<Error>& errors);

  // The member's value, for whoever reads it elsewhere; nothing when it is absent.
  std::optional<JsonValue> take(std::string_view key);
  // The same, and an error when it is absent.
  std::optional<JsonValue> require(std::string_view key);

  // Each says whether the key held a value that fits.
  bool read(std::string_view key, bool& field);
  bool read(std::string_view key, std::string& field);
  // `key` ends with _ms.
  bool read(std::string_view key, IntegerRange range, std::chrono::milliseconds& field);
  template <typename Integer>
  bool read(std::string_view key, IntegerRange range, Integer& field) {
    const std::optional<std::int64_t> number = read_integer(key, range);
    if (number) field = static_cast<Integer>(*number);
    return number.has_value();
  }
  // One of `words`; its index.
  std::optional<std::size_t> read_word(std::string_view key,
                                       std::initializer_list<std::string_view> words);

  // Adds "unknown_field" for each key that nobody asked for, with the known key it is probably
  // meant to be; no more after a hundred errors. "$comment", a string for people, is known
  // everywhere.
  void finish();

  // Adds kInvalidArgument at `value`: what was found there and what was `wanted`.
  void refuse(const JsonValue& value, std::string_view wanted);

 private:
  std::optional<std::int64_t> read_integer(std::string_view key, IntegerRange range);

  JsonValue value_;
  std::vector<Error>& errors_;
  std::vector<std::string_view> known_;
};

// The members of an object whose keys are names that the writer chose. "$comment" is none.
std::vector<JsonValue> named_members(const JsonValue& map, std::vector<Error>& errors);

}  // namespace backplane::host
