#include "host/base/log_line.hpp"

#include <algorithm>

namespace backplane::host {
namespace {

bool is_plain(std::string_view value) {
  return !value.empty() && std::all_of(value.begin(), value.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  });
}

bool continues_sequence(char c) {
  return (static_cast<unsigned char>(c) & 0xc0U) == 0x80U;
}

}  // namespace

std::string log_line(std::string_view message) {
  constexpr char kHex[] = "0123456789abcdef";
  const bool cut = message.size() > kMaxLogMessage;
  if (cut) {
    std::size_t end = kMaxLogMessage;
    // At most three steps back: more than three in a row are no UTF-8, and may be cut anywhere.
    while (end > kMaxLogMessage - 3 && continues_sequence(message[end])) --end;
    message = message.substr(0, end);
  }
  std::string out;
  for (const char c : message) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte != 0x7f) {
      out += c;
    } else {
      out += "\\x";
      out += kHex[byte >> 4U];
      out += kHex[byte & 0xfU];
    }
  }
  if (cut) out += "…";
  return out;
}

std::string log_fields(const LogFields& fields) {
  std::string out;
  for (const LogField& field : fields) {
    out.append(" ").append(field.name).append("=");
    if (is_plain(field.value)) {
      out += field.value;
      continue;
    }
    out += '"';
    std::string escaped;
    for (const char c : field.value) {
      if (c == '"' || c == '\\') escaped += '\\';
      escaped += c;
    }
    out += log_line(escaped);
    out += '"';
  }
  return out;
}

}  // namespace backplane::host
