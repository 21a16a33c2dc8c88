#include "host/json/json_reader.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <rapidjson/error/en.h>
#include <rapidjson/reader.h>

#include "host/json/json_tokens.hpp"
#include "host/json/utf8.hpp"

namespace backplane::host {
namespace {

// What was found wrong, and where.
struct Fault {
  std::size_t offset;
  std::string what;
};

Error invalid(std::string_view text, const Fault& fault) {
  const TextPlace place = place_of(text, fault.offset);
  return {ErrorCode::kMalformed, "invalid_json",
          fault.what + " at byte " + std::to_string(fault.offset) + " (line " +
              std::to_string(place.line) + ", column " + std::to_string(place.column) + ")"};
}

// Builds a JsonTree from RapidJSON's events. Each event belongs to one token of the scan, in
// order, which is how a value knows its place.
class TreeBuilder : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, TreeBuilder> {
 public:
  TreeBuilder(JsonTree& tree, const std::vector<JsonToken>& tokens) : tree_(tree), tokens_(tokens) {
    tree_.nodes.reserve(tokens.size());
  }

  const std::optional<Fault>& fault() const { return fault_; }

  // RapidJSON's SAX concept names its events so.
  // NOLINTBEGIN(readability-identifier-naming): RapidJSON's names
  bool Null() {
    add(JsonKind::kNull);
    return true;
  }
  bool Bool(bool truth) {
    add(JsonKind::kBoolean).truth = truth;
    return true;
  }
  bool Uint(unsigned /*masked*/) {
    add(JsonKind::kNumber);
    return true;
  }
  bool String(const char* text, rapidjson::SizeType size, bool /*copy*/) {
    JsonNode& node = add(JsonKind::kString);
    node.text_begin = static_cast<std::uint32_t>(tree_.strings.size());
    node.text_size = size;
    return keep({text, size}, {node.begin, node.end});
  }
  bool Key(const char* text, rapidjson::SizeType size, bool /*copy*/) {
    key_begin_ = static_cast<std::uint32_t>(tree_.strings.size());
    key_size_ = size;
    return keep({text, size}, take_token());
  }
  bool StartObject() { return open(JsonKind::kObject); }
  bool StartArray() { return open(JsonKind::kArray); }
  bool EndObject(rapidjson::SizeType /*count*/) { return no_name_twice() && close(); }
  bool EndArray(rapidjson::SizeType /*count*/) { return close(); }
  // NOLINTEND(readability-identifier-naming)

 private:
  struct Open {
    std::uint32_t node;
    std::uint32_t last_child = JsonNode::kNone;
  };

  JsonNode& add(JsonKind kind) {
    const auto index = static_cast<std::uint32_t>(tree_.nodes.size());
    JsonNode node;
    node.kind = kind;
    const JsonToken token = take_token();
    node.begin = token.begin;
    node.end = token.end;
    node.key_begin = std::exchange(key_begin_, 0);
    node.key_size = std::exchange(key_size_, 0);
    if (!open_.empty()) {
      Open& holder = open_.back();
      node.parent = holder.node;
      node.index = tree_.nodes[holder.node].child_count++;
      if (holder.last_child == JsonNode::kNone) {
        tree_.nodes[holder.node].first_child = index;
      } else {
        tree_.nodes[holder.last_child].next = index;
      }
      holder.last_child = index;
    }
    tree_.nodes.push_back(node);
    return tree_.nodes.back();
  }

  bool open(JsonKind kind) {
    add(kind);
    open_.push_back({static_cast<std::uint32_t>(tree_.nodes.size() - 1)});
    return true;
  }

  bool close() {
    tree_.nodes[open_.back().node].end = take_token().end;
    open_.pop_back();
    return true;
  }

  // The scan and RapidJSON agree about every token of a well-formed text; of others RapidJSON may
  // see one more before it gives up.
  JsonToken take_token() {
    return next_token_ < tokens_.size() ? tokens_[next_token_++] : JsonToken{0, 0};
  }

  // RapidJSON 1.1 decodes an escaped lone surrogate to bytes that are not UTF-8.
  bool keep(std::string_view text, JsonToken token) {
    if (!is_utf8(text)) {
      fault_ = Fault{token.begin, "a lone surrogate in a string"};
      return false;
    }
    tree_.strings += text;
    return true;
  }

  // Sorted, not hashed: names are the client's, and sorting has no bad case for it to choose.
  bool no_name_twice() {
    std::vector<JsonValue> members;
    for (const JsonValue& member : JsonValue(tree_, open_.back().node).children()) {
      members.push_back(member);
    }
    std::stable_sort(members.begin(), members.end(),
                     [](const JsonValue& a, const JsonValue& b) { return a.key() < b.key(); });
    const auto twice = std::adjacent_find(
        members.begin(), members.end(),
        [](const JsonValue& a, const JsonValue& b) { return a.key() == b.key(); });
    if (twice == members.end()) return true;
    const JsonValue& second = *std::next(twice);
    fault_ =
        Fault{second.offset(), "the name '" + std::string(second.key()) + "' twice in one object"};
    return false;
  }

  JsonTree& tree_;
  const std::vector<JsonToken>& tokens_;
  std::size_t next_token_ = 0;
  std::uint32_t key_begin_ = 0;
  std::uint32_t key_size_ = 0;
  std::vector<Open> open_;
  std::optional<Fault> fault_;
};

std::optional<Fault> bad_characters(std::string_view text) {
  if (text.starts_with("\xef\xbb\xbf")) return Fault{0, "a byte order mark"};
  const std::size_t nul = text.find('\0');
  if (nul != std::string_view::npos) return Fault{nul, "a NUL byte"};
  const std::size_t good = utf8_prefix(text);
  if (good != text.size()) return Fault{good, "a byte that is not UTF-8"};
  return std::nullopt;
}

// Every number as 0 and spaces. RapidJSON refuses a well-formed number that no double can hold;
// what such a number means is for the reader of its field, which has a better answer.
std::string without_numbers(std::string_view text, const std::vector<JsonToken>& tokens) {
  std::string masked(text);
  for (const JsonToken& token : tokens) {
    const char first = text[token.begin];
    if (first != '-' && (first < '0' || first > '9')) continue;
    std::fill(masked.begin() + token.begin, masked.begin() + token.end, ' ');
    masked[token.begin] = '0';
  }
  return masked;
}

}  // namespace

Result<JsonDocument> parse_json(std::string_view text, const JsonLimits& limits) {
  if (text.size() > limits.max_bytes) {
    return Error(ErrorCode::kPayloadTooLarge, "found " + std::to_string(text.size()) +
                                                  " bytes of JSON, wanted at most " +
                                                  std::to_string(limits.max_bytes));
  }
  if (const auto fault = bad_characters(text)) return invalid(text, *fault);
  const JsonTokens scan = scan_json_tokens(text, limits.max_depth, limits.max_tokens);
  if (scan.too_deep) {
    return invalid(text,
                   {scan.deepest_at, "nested deeper than " + std::to_string(limits.max_depth)})
        .with_reason("json_too_deep");
  }
  if (scan.too_many) {
    return Error(ErrorCode::kPayloadTooLarge,
                 "more than " + std::to_string(limits.max_tokens) + " values, names and brackets");
  }
  JsonTree tree;
  tree.source = text;
  const std::string masked = without_numbers(text, scan.tokens);
  rapidjson::StringStream stream(masked.c_str());
  TreeBuilder builder(tree, scan.tokens);
  rapidjson::Reader reader;
  // Recursion is what one request with 175,000 brackets would end the process by.
  const rapidjson::ParseResult parsed =
      reader.Parse<rapidjson::kParseIterativeFlag>(stream, builder);
  if (builder.fault()) return invalid(text, *builder.fault());
  if (!parsed) {
    std::string what = rapidjson::GetParseError_En(parsed.Code());
    if (what.ends_with('.')) what.pop_back();
    what.front() = static_cast<char>(what.front() | 0x20);  // messages begin in lower case
    return invalid(text, {parsed.Offset(), what});
  }
  return JsonDocument(std::move(tree));
}

}  // namespace backplane::host
