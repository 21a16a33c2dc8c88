#include "host/http/request_target.hpp"

#include <algorithm>

#include "host/http/framing.hpp"
#include "host/message/headers.hpp"

namespace backplane::host {
namespace {

Refusal bad_target(std::string_view detail) {
  return {ErrorCode::kMalformed, HttpFault::kTarget, "bad_target", detail};
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

void split_query(std::string_view text, RequestTarget& target) {
  const std::size_t mark = text.find('?');
  target.path = text.substr(0, mark);
  if (mark != std::string_view::npos) target.query = text.substr(mark + 1);
}

// The length of "http://" or "https://" at the beginning of `target`; 0 when there is neither.
std::size_t scheme_size(std::string_view target) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (equals_ignoring_case(target.substr(0, scheme.size()), scheme)) return scheme.size();
  }
  return 0;
}

// A kept %2F separates segments too: "..%2Fsecret" climbs in whatever decodes it later.
bool has_dot_segment(std::string_view path) {
  std::size_t begin = 0;
  while (begin <= path.size()) {
    std::size_t end = begin;
    while (end < path.size() && path[end] != '/' && path.substr(end, 3) != "%2F") ++end;
    const std::string_view segment = path.substr(begin, end - begin);
    if (segment == "." || segment == "..") return true;
    begin = end + (end < path.size() && path[end] == '%' ? 3 : 1);
  }
  return false;
}

}  // namespace

std::variant<RequestTarget, Refusal> parse_target(std::string_view method,
                                                  std::string_view target) {
  RequestTarget result;
  if (target.front() == '/') {
    split_query(target, result);
    return result;
  }
  if (target == "*") {
    if (method != "OPTIONS") return bad_target("the target '*' belongs to OPTIONS alone");
    result.path = target;
    return result;
  }
  const std::size_t scheme = scheme_size(target);
  if (scheme == 0) return bad_target("the request target is neither a path nor an http URI");
  target.remove_prefix(scheme);
  const std::size_t end = target.find_first_of("/?");
  result.authority = target.substr(0, end);
  if (!is_valid_host(result.authority)) {
    return bad_target("the authority of the request target is not a host");
  }
  if (end != std::string_view::npos) split_query(target.substr(end), result);
  if (result.path.empty()) result.path = "/";
  return result;
}

std::variant<std::string_view, Refusal> route_path_of(std::string_view path, std::string& scratch) {
  // Most paths have neither escape nor dot; one look tells.
  const bool plain =
      std::none_of(path.begin(), path.end(), [](char c) { return c == '%' || c == '.'; });
  if (plain) return path;
  if (path.find('%') == std::string_view::npos) {
    if (has_dot_segment(path)) return bad_target("the path has a dot segment");
    return path;
  }
  scratch.clear();
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (path[i] != '%') {
      scratch += path[i];
      continue;
    }
    const int high = i + 2 < path.size() ? hex_value(path[i + 1]) : -1;
    const int low = i + 2 < path.size() ? hex_value(path[i + 2]) : -1;
    if (high < 0 || low < 0) return bad_target("the path has an invalid escape");
    const int byte = high * 16 + low;
    if (byte < 0x20 || byte == 0x7f) return bad_target("the path has an escaped control byte");
    if (byte == '/') {
      scratch += "%2F";
    } else {
      scratch += static_cast<char>(byte);
    }
    i += 2;
  }
  if (has_dot_segment(scratch)) return bad_target("the path has a dot segment");
  return std::string_view(scratch);
}

}  // namespace backplane::host
