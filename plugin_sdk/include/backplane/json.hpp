#pragma once

// Reading JSON. Needs RapidJSON when the plugin is built: backplane_add_plugin(name RAPIDJSON …).
// The one header of the SDK that does; writing JSON (<backplane/json_writer.hpp>) does not.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <rapidjson/document.h>
#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include <backplane/detail/json_guard.hpp>
#include <backplane/error.hpp>
#include <backplane/json_writer.hpp>

namespace backplane {

// One value in a JsonDocument. What it is asked for must be there: each accessor throws Error
// (invalid) that names the place, "'/user/age' must be an integer", and becomes a 400 by itself.
// A view, valid as long as its document.
class JsonView {
 public:
  JsonView(const rapidjson::Value& value, std::string place)
      : value_(&value), place_(std::move(place)) {}

  bool is_null() const noexcept { return value_->IsNull(); }
  bool is_bool() const noexcept { return value_->IsBool(); }
  bool is_number() const noexcept { return value_->IsNumber(); }
  bool is_string() const noexcept { return value_->IsString(); }
  bool is_array() const noexcept { return value_->IsArray(); }
  bool is_object() const noexcept { return value_->IsObject(); }

  // Where it stands, as a JSON pointer (RFC 6901); "" is the whole document.
  const std::string& place() const noexcept { return place_; }

  bool as_bool() const {
    require(value_->IsBool(), "true or false");
    return value_->GetBool();
  }
  std::int64_t as_integer() const {
    require(value_->IsInt64(), "an integer of 64 bits");
    return value_->GetInt64();
  }
  double as_number() const {
    require(value_->IsNumber(), "a number");
    return value_->GetDouble();
  }
  std::string_view as_string() const {
    require(value_->IsString(), "a string");
    return {value_->GetString(), value_->GetStringLength()};
  }

  // Elements of an array, members of an object.
  std::size_t size() const {
    if (value_->IsObject()) return value_->MemberCount();
    require(value_->IsArray(), "an array or an object");
    return value_->Size();
  }

  JsonView at(std::size_t index) const {
    require(value_->IsArray(), "an array");
    const std::string place = place_ + "/" + std::to_string(index);
    if (index >= value_->Size()) throw Error::invalid("'" + place + "' is missing");
    return {(*value_)[static_cast<rapidjson::SizeType>(index)], place};
  }

  // A member that must be there.
  JsonView at(std::string_view name) const {
    if (auto member = find(name)) return std::move(*member);
    throw Error::invalid("'" + member_place(name) + "' is missing");
  }

  // A member that may be absent.
  std::optional<JsonView> find(std::string_view name) const {
    require(value_->IsObject(), "an object");
    for (const auto& member : value_->GetObject()) {
      const std::string_view key(member.name.GetString(), member.name.GetStringLength());
      if (key == name) return JsonView(member.value, member_place(name));
    }
    return std::nullopt;
  }

  // visit(std::string_view name, JsonView value), in the order of the text.
  template <typename Visit>
  void for_each_member(Visit&& visit) const {
    require(value_->IsObject(), "an object");
    for (const auto& member : value_->GetObject()) {
      const std::string_view key(member.name.GetString(), member.name.GetStringLength());
      visit(key, JsonView(member.value, member_place(key)));
    }
  }

  // "'/user/age' must be `wanted`", for checks of a handler's own.
  Error wrong(std::string_view wanted) const {
    return Error::invalid((place_.empty() ? std::string("the JSON document") : "'" + place_ + "'") +
                          " must be " + std::string(wanted));
  }

 private:
  void require(bool good, std::string_view wanted) const {
    if (!good) throw wrong(wanted);
  }

  std::string member_place(std::string_view name) const {
    std::string place = place_ + "/";
    for (const char c : name) {
      if (c == '~') {
        place += "~0";
      } else if (c == '/') {
        place += "~1";
      } else {
        place += c;
      }
    }
    return place;
  }

  const rapidjson::Value* value_;
  std::string place_;
};

// A parsed JSON text. Owns everything its views point to, also when it is moved.
class JsonDocument {
 public:
  // Takes exactly one value in UTF-8, nested at most 32 deep, no name twice in an object. Throws
  // Error (invalid) that says what is wrong and at which byte: trailing characters, a byte-order
  // mark, NUL, comments, NaN, lone surrogates and numbers out of range are all refused.
  static JsonDocument parse(std::string_view text) {
    if (text.starts_with("\xEF\xBB\xBF")) fail("byte-order mark at byte 0");
    // RapidJSON takes NUL for the end and would not look at what follows.
    if (const std::size_t nul = text.find('\0'); nul != std::string_view::npos) {
      fail("NUL at byte " + std::to_string(nul));
    }
    auto document = std::make_unique<rapidjson::Document>();
    rapidjson::MemoryStream stream(text.data(), text.size());
    JsonGuard guard(*document, stream);
    rapidjson::Reader reader;
    rapidjson::ParseResult result;
    // Iterative: a recursive descent would let a client choose the depth of our stack.
    auto read = [&](rapidjson::Document&) {
      result = reader.Parse<rapidjson::kParseIterativeFlag | rapidjson::kParseFullPrecisionFlag |
                            rapidjson::kParseValidateEncodingFlag>(stream, guard);
      return !result.IsError();
    };
    document->Populate(read);
    if (!guard.problem().empty()) fail(guard.problem());
    if (result.IsError()) {
      fail(std::string(rapidjson::GetParseError_En(result.Code())) + " (byte " +
           std::to_string(result.Offset()) + ")");
    }
    return JsonDocument(std::move(document));
  }

  JsonView root() const { return {*document_, ""}; }

 private:
  explicit JsonDocument(std::unique_ptr<rapidjson::Document> document)
      : document_(std::move(document)) {}

  [[noreturn]] static void fail(const std::string& what) {
    throw Error::invalid("not JSON: " + what);
  }

  std::unique_ptr<rapidjson::Document> document_;
};

}  // namespace backplane
