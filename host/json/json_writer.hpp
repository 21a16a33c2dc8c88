#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <rapidjson/writer.h>

#include "host/json/utf8.hpp"

namespace backplane::host {

// Writes one JSON document to the end of a string, member by member. A local variable of whoever
// writes; one thread. Strings may hold any bytes: what is not UTF-8 becomes U+FFFD.
class JsonWriter {
 public:
  // `out` must outlive the writer.
  explicit JsonWriter(std::string& out) : sink_{out}, writer_(sink_) {}

  JsonWriter& begin_object();
  JsonWriter& end_object();
  JsonWriter& begin_array();
  JsonWriter& end_array();
  JsonWriter& key(std::string_view name);
  JsonWriter& string(std::string_view value);
  JsonWriter& number(std::int64_t value);
  JsonWriter& number(std::uint64_t value);
  // NaN and infinities, which JSON cannot say, become null.
  JsonWriter& number(double value);
  JsonWriter& boolean(bool value);
  JsonWriter& null();
  // `json` is one whole JSON value that came from a parser or another writer; empty stands for
  // null.
  JsonWriter& raw(std::string_view json);

  // Shorthands for a member of the object that is open.
  JsonWriter& member(std::string_view name, std::string_view value);
  JsonWriter& member(std::string_view name, const char* value);
  JsonWriter& member(std::string_view name, std::uint64_t value);
  JsonWriter& member(std::string_view name, double value);
  JsonWriter& member(std::string_view name, bool value);

 private:
  // RapidJSON's output-stream concept over a std::string.
  struct StringSink {
    using Ch = char;
    std::string& out;
    // NOLINTBEGIN(readability-identifier-naming): RapidJSON's names
    void Put(char c) { out.push_back(c); }
    void Flush() {}
    // NOLINTEND(readability-identifier-naming)
  };

  StringSink sink_;
  rapidjson::Writer<StringSink> writer_;
};

}  // namespace backplane::host
