#pragma once

#include <array>
#include <cstdint>
#include <string>
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

// Answers `call` with `response`, exactly once. May throw (out of memory) only before it answered.
inline void complete_with(const bp_host& host, bp_call* call, const Response& response) {
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
    const bp_status written =
        host.call_write(call, response.body().data(), response.body().size(), 0);
    if (written != BP_OK) {
      host.call_complete(call, written, to_bp_str("the answer was not taken by the host"));
      return;
    }
  }
  host.call_complete(call, BP_OK, bp_str{});
}

}  // namespace backplane
