#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <backplane/abi.h>
#include <backplane/detail/text.hpp>
#include <backplane/response.hpp>

namespace backplane {

// Gives status and headers of `response` to the host. Answers without any are the host's default
// and cost no call.
inline bp_status send_head(const bp_host& host, bp_call* call, const Response& response) {
  const auto& headers = response.headers();
  const std::string_view type = response.content_type();
  if (response.status() == 200 && type.empty() && headers.empty()) return BP_OK;

  std::array<bp_kv, 8> few;
  std::vector<bp_kv> many;
  bp_kv* fields = few.data();
  if (headers.size() + 1 > few.size()) {
    many.resize(headers.size() + 1);
    fields = many.data();
  }
  std::uint32_t count = 0;
  if (!type.empty()) fields[count++] = {to_bp_str("Content-Type"), to_bp_str(type)};
  for (const auto& [name, value] : headers) {
    fields[count++] = {to_bp_str(name), to_bp_str(value)};
  }
  return host.call_head(call, response.status(), fields, count);
}

// Up to this the host copies what it sends.
inline constexpr std::size_t kMaxCopiedAnswer = std::size_t{16} * 1024;

// Gives the body of `response` to the host, without a copy where it is large and `mine`, the same
// response, may be moved from, or its bytes are shared.
inline bp_status write_body(const bp_host& host, bp_call* call, const Response& response,
                            Response* mine) {
  const std::string_view body = response.body();
  if (body.size() > kMaxCopiedAnswer && (mine != nullptr || response.is_shared())) {
    const auto* adopt =
        static_cast<const bp_adopt*>(host.get_extension(host.ctx, BP_ADOPT_EXTENSION));
    if (BP_HAS(adopt, bp_adopt, write_owned)) {
      auto kept = mine != nullptr ? std::make_unique<Response>(std::move(*mine))
                                  : std::make_unique<Response>(response);
      // Where they were: a string of that size is moved by its pointer.
      const std::string_view bytes = kept->body();
      const bp_release_fn release = [](void* user) noexcept {
        const std::unique_ptr<Response> sent(static_cast<Response*>(user));
      };
      return adopt->write_owned(call, bytes.data(), bytes.size(), 0, release, kept.release());
    }
  }
  return host.call_write(call, body.data(), body.size(), 0);
}

// Answers `call` with `response`, exactly once. May throw (out of memory) only before it answered.
// `mine`: null, or `response` where it is not needed any more.
inline void complete_with(const bp_host& host, bp_call* call, const Response& response,
                          Response* mine = nullptr) {
  if (response.failed()) {
    host.call_complete(call, response.error_status(), to_bp_str(response.body()));
    return;
  }
  if (send_head(host, call, response) != BP_OK) {
    const std::string message =
        "the handler answered with status " + std::to_string(response.status()) + " and " +
        std::to_string(response.headers().size()) + " headers: one of them is not allowed in HTTP";
    host.call_complete(call, BP_CONTRACT, to_bp_str(message));
    return;
  }
  if (!response.body().empty()) {
    const bp_status written = write_body(host, call, response, mine);
    if (written != BP_OK) {
      host.call_complete(call, written, to_bp_str("the answer was not taken by the host"));
      return;
    }
  }
  host.call_complete(call, BP_OK, bp_str{});
}
inline void complete_with(const bp_host& host, bp_call* call, Response&& response) {
  complete_with(host, call, response, &response);
}

}  // namespace backplane
