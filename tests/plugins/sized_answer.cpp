#include <array>
#include <charconv>
#include <cstring>

#include "tests/plugins/raw_plugin.hpp"

namespace {

// Answers with as many bytes as the query says: "lent=N" builds them in the host's memory,
// "copied=N" has them copied from its own. Allocates nothing itself.
constexpr std::array<char, 65536> kBytes{};

std::uint64_t number_behind(std::string_view prefix, std::string_view query) {
  std::uint64_t number = 0;
  if (query.substr(0, prefix.size()) != prefix) return 0;
  std::from_chars(query.data() + prefix.size(), query.data() + query.size(), number);
  return number < kBytes.size() ? number : kBytes.size();
}

void answer(const bp_host& host, bp_call* call) {
  const bp_str text = host.call_request(call)->query;
  const std::string_view query(text.ptr, text.len);
  const bp_kv type{backplane::raw_text("Content-Type"), backplane::raw_text("text/plain")};
  host.call_head(call, 200, &type, 1);
  if (const std::uint64_t size = number_behind("lent=", query); size > 0) {
    void* const memory = host.call_alloc(call, size);
    std::memcpy(memory, kBytes.data(), size);
    host.call_write(call, memory, size, 0);
  }
  host.call_write(call, kBytes.data(), number_behind("copied=", query), 0);
  host.call_complete(call, BP_OK, {});
}

bp_status execute(bp_replica* replica, bp_call* const* calls, std::uint32_t n) {
  for (std::uint32_t i = 0; i < n; ++i) answer(*replica->host, calls[i]);
  return BP_OK;
}

}  // namespace

BP_RAW_PLUGIN("sized_answer", &execute, 64, BP_HF_NEVER_BLOCKS);
