#include "host/http/framing.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "host/message/headers.hpp"

namespace backplane::host {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// What a reg-name is made of beside escapes (RFC 3986 3.2.2).
constexpr std::array<bool, 256> reg_name_table() {
  std::array<bool, 256> table{};
  for (std::size_t c = '0'; c <= '9'; ++c) table[c] = true;
  for (std::size_t c = 'a'; c <= 'z'; ++c) table[c] = table[c - 'a' + 'A'] = true;
  for (const char c :
       {'-', '.', '_', '~', '!', '$', '&', '\'', '(', ')', '*', '+', ',', ';', '='}) {
    table[static_cast<unsigned char>(c)] = true;
  }
  return table;
}

constexpr std::array<bool, 256> kRegNameChars = reg_name_table();

bool is_hex(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// Calls `see` with every element of a comma-separated list, empty ones too.
template <typename See>
void for_each_element(std::string_view list, See see) {
  for (;;) {
    const std::size_t comma = list.find(',');
    see(trim(list.substr(0, comma)));
    if (comma == std::string_view::npos) return;
    list.remove_prefix(comma + 1);
  }
}

// What all fields say together; each is looked at once.
struct Collected {
  unsigned hosts = 0;
  unsigned lengths = 0;
  unsigned encodings = 0;
  std::string_view host;
  std::optional<std::size_t> host_field;
  std::string_view length;
  std::string_view encoding;
  bool close = false;
  bool keep_alive = false;
  bool expects_continue = false;
  bool expects_other = false;
};

// The one name that every request has. Exact: no other byte becomes a lower-case letter by 0x20.
bool is_host(std::string_view name) {
  constexpr std::string_view kHost = "host";
  for (std::size_t i = 0; i < kHost.size(); ++i) {
    if ((name[i] | 0x20) != kHost[i]) return false;
  }
  return true;
}

void collect_rare(std::string_view name, std::string_view value, Collected& all) {
  if (equals_ignoring_case(name, "connection")) {
    for_each_element(value, [&](std::string_view option) {
      if (equals_ignoring_case(option, "close")) all.close = true;
      if (equals_ignoring_case(option, "keep-alive")) all.keep_alive = true;
    });
  } else if (equals_ignoring_case(name, "content-length")) {
    ++all.lengths;
    all.length = value;
  } else if (equals_ignoring_case(name, "transfer-encoding")) {
    ++all.encodings;
    all.encoding = value;
  } else if (equals_ignoring_case(name, "expect")) {
    const bool is_continue = equals_ignoring_case(value, "100-continue");
    all.expects_continue |= is_continue;
    all.expects_other |= !is_continue;
  }
}

void collect(const char* head, std::span<const FieldSpan> fields, Collected& all) {
  for (const FieldSpan& field : fields) {
    const std::string_view name = field.name.in(head);
    // The five names have five lengths; most fields end here.
    switch (name.size()) {
      case 4:
        if (is_host(name)) {
          ++all.hosts;
          all.host = field.value.in(head);
          all.host_field = static_cast<std::size_t>(&field - fields.data());
        }
        break;
      case 6:
      case 10:
      case 14:
      case 17:
        collect_rare(name, field.value.in(head), all);
        break;
      default:
        break;
    }
  }
}

Refusal bad_encoding(ErrorCode code, std::string_view detail) {
  return {code, HttpFault::kTransferEncoding,
          code == ErrorCode::kUnsupported ? "not_implemented" : "bad_request", detail};
}

// Anything that is not `chunked` alone (RFC 9112 6.1): 501 when an unknown coding is wrapped in
// one final `chunked`, for then the end of the body is known; else 400.
Refusal refuse_encoding(std::string_view value) {
  bool well_formed = true;
  unsigned chunked = 0;
  bool last_is_chunked = false;
  for_each_element(value, [&](std::string_view coding) {
    well_formed &= is_token(coding);
    last_is_chunked = equals_ignoring_case(coding, "chunked");
    if (last_is_chunked) ++chunked;
  });
  if (well_formed && last_is_chunked && chunked == 1) {
    return bad_encoding(ErrorCode::kUnsupported, "only the transfer coding 'chunked' is known");
  }
  return bad_encoding(ErrorCode::kMalformed,
                      "Transfer-Encoding must be 'chunked' and nothing else");
}

std::optional<Refusal> decide_body(const Collected& all, unsigned minor_version, Framing& framing) {
  if (all.encodings > 0) {
    if (minor_version == 0) {
      return bad_encoding(ErrorCode::kMalformed, "HTTP/1.0 knows no Transfer-Encoding");
    }
    if (all.lengths > 0) {
      return bad_encoding(ErrorCode::kMalformed,
                          "Content-Length and Transfer-Encoding exclude each other");
    }
    if (all.encodings > 1) {
      return bad_encoding(ErrorCode::kMalformed, "Transfer-Encoding stands more than once");
    }
    if (!equals_ignoring_case(all.encoding, "chunked")) return refuse_encoding(all.encoding);
    framing.body = Framing::Body::kChunked;
    return std::nullopt;
  }
  if (all.lengths == 0) return std::nullopt;
  const bool one_number = all.lengths == 1 && !all.length.empty() && all.length.size() <= 19 &&
                          std::all_of(all.length.begin(), all.length.end(), is_digit);
  if (!one_number) {
    return Refusal{ErrorCode::kMalformed, HttpFault::kContentLength, "bad_request",
                   "Content-Length must be one line of 1 to 19 digits"};
  }
  // 19 digits are below 2^64: nothing can wrap.
  for (const char c : all.length) {
    framing.length = framing.length * 10 + static_cast<std::uint64_t>(c - '0');
  }
  if (framing.length > 0) framing.body = Framing::Body::kLength;
  return std::nullopt;
}

bool is_reg_name(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (kRegNameChars[static_cast<unsigned char>(text[i])]) continue;
    if (text[i] != '%' || i + 2 >= text.size() || !is_hex(text[i + 1]) || !is_hex(text[i + 2])) {
      return false;
    }
    i += 2;
  }
  return !text.empty();
}

bool is_ip_literal(std::string_view text) {
  // Between the brackets stand hexadecimal groups, colons and at most an embedded IPv4 address;
  // which address it is does not matter here.
  return text.size() >= 2 && std::all_of(text.begin(), text.end(),
                                         [](char c) { return is_hex(c) || c == ':' || c == '.'; });
}

bool is_port(std::string_view text) {
  if (text.size() > 5) return false;
  unsigned port = 0;
  for (const char c : text) {
    const auto digit = static_cast<unsigned>(c - '0');
    if (digit > 9) return false;
    port = port * 10 + digit;
  }
  return port <= 65535;
}

}  // namespace

bool is_valid_host(std::string_view text) {
  if (!text.empty() && text.front() == '[') {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos || !is_ip_literal(text.substr(1, end - 1))) return false;
    const std::string_view rest = text.substr(end + 1);
    return rest.empty() || (rest.front() == ':' && is_port(rest.substr(1)));
  }
  const char* const end = text.data() + text.size();
  const char* at = text.data();
  while (at != end && kRegNameChars[static_cast<unsigned char>(*at)]) ++at;
  // Only a name with escapes needs a closer look.
  if (at != end && *at == '%') {
    at = text.data() + std::min(text.find(':'), text.size());
    if (!is_reg_name({text.data(), at})) return false;
  }
  if (at == text.data()) return false;
  return at == end || (*at == ':' && is_port({at + 1, end}));
}

std::optional<Refusal> decide_framing(const char* head, std::span<const FieldSpan> fields,
                                      unsigned minor_version, std::string_view known_host,
                                      Framing& framing) {
  Collected all;
  collect(head, fields, all);
  framing.host_known = !known_host.empty() && is_same(all.host, known_host);
  if (all.hosts > 1 || (all.hosts == 0 && minor_version > 0) ||
      (all.hosts == 1 && !framing.host_known && !is_valid_host(all.host))) {
    return Refusal{ErrorCode::kMalformed, HttpFault::kHost, "bad_host",
                   "a request needs exactly one valid Host field"};
  }
  framing.host_field = all.host_field;
  framing.keep_alive = !all.close && (minor_version > 0 || all.keep_alive);
  if (auto refusal = decide_body(all, minor_version, framing)) return refusal;
  // RFC 9110 10.1.1: an expectation in HTTP/1.0 is ignored.
  if (minor_version == 0) return std::nullopt;
  if (all.expects_other) {
    return Refusal{ErrorCode::kExpectationFailed, HttpFault::kExpect, "expectation_failed",
                   "the only expectation met here is 100-continue"};
  }
  framing.expects_continue = all.expects_continue && framing.body != Framing::Body::kNone;
  return std::nullopt;
}

}  // namespace backplane::host
