#include "host/json/json_writer.hpp"

#include <cmath>

namespace backplane::host {
namespace {

rapidjson::SizeType size_of(std::string_view text) {
  return static_cast<rapidjson::SizeType>(text.size());
}

}  // namespace

JsonWriter& JsonWriter::begin_object() {
  writer_.StartObject();
  return *this;
}

JsonWriter& JsonWriter::end_object() {
  writer_.EndObject();
  return *this;
}

JsonWriter& JsonWriter::begin_array() {
  writer_.StartArray();
  return *this;
}

JsonWriter& JsonWriter::end_array() {
  writer_.EndArray();
  return *this;
}

JsonWriter& JsonWriter::key(std::string_view name) {
  if (is_utf8(name)) {
    writer_.Key(name.data(), size_of(name));
  } else {
    const std::string clean = to_utf8(name);
    writer_.Key(clean.data(), size_of(clean));
  }
  return *this;
}

JsonWriter& JsonWriter::string(std::string_view value) {
  if (is_utf8(value)) {
    // RapidJSON asserts on a null pointer, which an empty view may hold.
    writer_.String(value.empty() ? "" : value.data(), size_of(value));
  } else {
    const std::string clean = to_utf8(value);
    writer_.String(clean.data(), size_of(clean));
  }
  return *this;
}

JsonWriter& JsonWriter::number(std::int64_t value) {
  writer_.Int64(value);
  return *this;
}

JsonWriter& JsonWriter::number(std::uint64_t value) {
  writer_.Uint64(value);
  return *this;
}

JsonWriter& JsonWriter::number(double value) {
  if (std::isfinite(value)) {
    writer_.Double(value);
  } else {
    writer_.Null();
  }
  return *this;
}

JsonWriter& JsonWriter::boolean(bool value) {
  writer_.Bool(value);
  return *this;
}

JsonWriter& JsonWriter::null() {
  writer_.Null();
  return *this;
}

JsonWriter& JsonWriter::raw(std::string_view json) {
  if (json.empty()) return null();
  writer_.RawValue(json.data(), json.size(), rapidjson::kObjectType);
  return *this;
}

JsonWriter& JsonWriter::member(std::string_view name, std::string_view value) {
  return key(name).string(value);
}

JsonWriter& JsonWriter::member(std::string_view name, const char* value) {
  return key(name).string(value);
}

JsonWriter& JsonWriter::member(std::string_view name, std::uint64_t value) {
  return key(name).number(value);
}

JsonWriter& JsonWriter::member(std::string_view name, double value) {
  return key(name).number(value);
}

JsonWriter& JsonWriter::member(std::string_view name, bool value) {
  return key(name).boolean(value);
}

}  // namespace backplane::host
