#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <backplane/utf8.hpp>

namespace backplane {

// Stands between RapidJSON's reader and its document and stops at what the reader lets pass: deep
// nesting, repeated names and lone surrogates. Lives for one parse. Template, so that it names no
// RapidJSON type.
template <typename Target, typename Stream>
class JsonGuard {
 public:
  static constexpr std::size_t kMaxDepth = 32;

  JsonGuard(Target& target, const Stream& stream) : target_(target), stream_(stream) {}

  // Empty unless the guard stopped the parse.
  const std::string& problem() const noexcept { return problem_; }

  // The events of a RapidJSON reader, in its spelling. False stops the parse.
  // NOLINTBEGIN(readability-identifier-naming)
  bool Null() { return target_.Null(); }
  bool Bool(bool value) { return target_.Bool(value); }
  bool Int(int value) { return target_.Int(value); }
  bool Uint(unsigned value) { return target_.Uint(value); }
  bool Int64(std::int64_t value) { return target_.Int64(value); }
  bool Uint64(std::uint64_t value) { return target_.Uint64(value); }
  bool Double(double value) { return target_.Double(value); }
  bool RawNumber(const char* text, unsigned length, bool copy) {
    return target_.RawNumber(text, length, copy);
  }
  bool String(const char* text, unsigned length, bool copy) {
    return is_text({text, length}) && target_.String(text, length, copy);
  }
  bool StartObject() { return enter() && target_.StartObject(); }
  bool Key(const char* text, unsigned length, bool copy) {
    if (!is_text({text, length})) return false;
    // A set that compares: names come from the client, who could aim at a hash.
    if (!names_.back().emplace(text, length).second) {
      return stop("name '" + std::string(text, length) + "' repeats");
    }
    return target_.Key(text, length, copy);
  }
  bool EndObject(unsigned members) {
    names_.pop_back();
    return target_.EndObject(members);
  }
  bool StartArray() { return enter() && target_.StartArray(); }
  bool EndArray(unsigned elements) {
    names_.pop_back();
    return target_.EndArray(elements);
  }
  // NOLINTEND(readability-identifier-naming)

 private:
  // RapidJSON 1.1 makes bytes that are not UTF-8 of an escaped low surrogate that stands alone, and
  // handlers rely on strings that are.
  bool is_text(std::string_view text) { return is_utf8(text) || stop("a lone surrogate"); }

  bool enter() {
    if (names_.size() == kMaxDepth) {
      return stop("nested deeper than " + std::to_string(kMaxDepth) + " levels");
    }
    names_.emplace_back();
    return true;
  }

  bool stop(const std::string& what) {
    problem_ = what + " at byte " + std::to_string(stream_.Tell());
    return false;
  }

  Target& target_;
  const Stream& stream_;
  std::vector<std::set<std::string, std::less<>>> names_;  // one for each open object or array
  std::string problem_;
};

}  // namespace backplane
