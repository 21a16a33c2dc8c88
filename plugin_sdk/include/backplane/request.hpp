#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <backplane/abi.h>
#include <backplane/detail/query.hpp>
#include <backplane/detail/text.hpp>
#include <backplane/error.hpp>
#include <backplane/headers.hpp>
#include <backplane/utf8.hpp>

namespace backplane {

// One request, as a view: it and every string_view taken from it end when the handler returns.
// Belongs to the thread that got it.
class Request {
 public:
  Request(const bp_host& host, bp_call* call) noexcept
      : request_(host.call_request(call)), host_(&host), call_(call) {}

  std::string_view method() const noexcept { return to_view(request_->method); }
  // As sent: not decoded, without the query.
  std::string_view path() const noexcept { return to_view(request_->path); }
  // As sent: not decoded, without "?".
  std::string_view query() const noexcept { return to_view(request_->query); }
  std::string_view body() const noexcept { return to_view(request_->body); }
  std::string_view content_type() const noexcept { return to_view(request_->content_type); }
  // The id in the host's log and in the X-Request-Id of the answer.
  std::string_view id() const noexcept { return to_view(request_->trace_id); }

  // The first query argument of that name, decoded ("+" is a space); `fallback` if there is none.
  std::string arg(std::string_view name, std::string_view fallback = {}) const {
    const auto encoded = find_encoded(name);
    return encoded ? decode_query(*encoded) : std::string(fallback);
  }

  std::optional<std::string> find_arg(std::string_view name) const {
    const auto encoded = find_encoded(name);
    if (!encoded) return std::nullopt;
    return decode_query(*encoded);
  }

  // All query arguments, decoded, in the order of the query.
  std::vector<std::pair<std::string, std::string>> args() const {
    std::vector<std::pair<std::string, std::string>> decoded;
    std::string_view rest = query();
    std::pair<std::string_view, std::string_view> pair;
    while (next_query_pair(rest, pair)) {
      decoded.emplace_back(decode_query(pair.first), decode_query(pair.second));
    }
    return decoded;
  }

  // Value of a header, its name in any case; `fallback` if there is none. A header that was sent
  // several times has its values joined with ",".
  std::string_view header(std::string_view name, std::string_view fallback = {}) const noexcept {
    return find_header(name).value_or(fallback);
  }

  std::optional<std::string_view> find_header(std::string_view name) const noexcept {
    for (const Header header : headers()) {
      if (equals_ignoring_case(header.name, name)) return header.value;
    }
    return std::nullopt;
  }

  Headers headers() const noexcept { return {request_->headers, request_->header_count}; }

  // The body as JSON text for a parser. Throws Error (invalid) if it is empty or not UTF-8, which
  // JSON between systems must be (RFC 8259 §8.1). Content-Type is not asked: most people's first
  // `curl -d` sends the wrong one.
  std::string_view json() const {
    if (body().empty()) throw Error::invalid("body must be JSON; it is empty");
    const std::size_t valid = valid_utf8_prefix(body());
    if (valid != body().size()) {
      throw Error::invalid("body must be JSON in UTF-8; byte " + std::to_string(valid) +
                           " is not UTF-8");
    }
    return body();
  }

  // [any] True once nobody waits for the answer, or this code was replaced so long ago that it is
  // to go (plugins.drain_timeout_ms of the host, or what the reload said): stop working. In the
  // second case the answer is sent all the same: fail with BP_CANCELLED unless there is a true one.
  bool cancelled() const noexcept { return host_->call_cancelled(call_) != 0; }

  // When the client stops waiting. std::chrono::steady_clock is the clock of the border.
  std::optional<std::chrono::steady_clock::time_point> deadline() const noexcept {
    if (request_->deadline_ns == 0) return std::nullopt;
    return std::chrono::steady_clock::time_point(std::chrono::nanoseconds(request_->deadline_ns));
  }

  // For what the SDK does not wrap: the services of the host and the call that this is of.
  const bp_host& host() const noexcept { return *host_; }
  bp_call* call() const noexcept { return call_; }

 private:
  std::optional<std::string_view> find_encoded(std::string_view name) const {
    std::string_view rest = query();
    std::pair<std::string_view, std::string_view> pair;
    while (next_query_pair(rest, pair)) {
      if (query_text_equals(pair.first, name)) return pair.second;
    }
    return std::nullopt;
  }

  const bp_request* request_;
  const bp_host* host_;
  bp_call* call_;
};

}  // namespace backplane
