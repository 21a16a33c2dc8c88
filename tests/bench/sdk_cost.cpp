#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string_view>

#include <backplane/abi.h>

// What one call of the hello handler costs on the plugin's side of the border: its own code and the
// SDK's, against a host whose services do nothing. Prints nanoseconds per call, the median of
// several rounds, as JSON.

extern "C" const bp_plugin* backplane_plugin_v1(std::uint32_t host_major,
                                                std::uint32_t host_minor) noexcept;

namespace {

constexpr std::size_t kRounds = 9;
constexpr std::uint32_t kCalls = 1'000'000;

bp_str text(std::string_view view) {
  return {view.data(), view.size()};
}

const bp_request& request() {
  static const std::array<bp_kv, 1> headers{bp_kv{text("Host"), text("127.0.0.1:8000")}};
  static const bp_request asked{.struct_size = sizeof(bp_request),
                                .header_count = 1,
                                .method = text("GET"),
                                .path = text("/hello"),
                                .query = text("name=ray"),
                                .body = {},
                                .content_type = {},
                                .headers = headers.data(),
                                .deadline_ns = 0,
                                .trace_id = text("0123456789abcdef")};
  return asked;
}

std::uint64_t written = 0;

bp_host idle_host() {
  bp_host host{};
  host.struct_size = sizeof host;
  host.magic = BP_MAGIC;
  host.abi_major = BP_ABI_MAJOR;
  host.abi_minor = BP_ABI_MINOR;
  host.get_extension = [](bp_host_ctx*, const char*) -> const void* { return nullptr; };
  host.log = [](bp_host_ctx*, std::uint32_t, bp_str) {};
  host.call_request = [](bp_call*) { return &request(); };
  host.call_cancelled = [](bp_call*) { return std::uint32_t{0}; };
  host.call_alloc = [](bp_call*, std::uint64_t) -> void* { return nullptr; };
  host.call_head = [](bp_call*, std::uint32_t, const bp_kv*, std::uint32_t) { return BP_OK; };
  host.call_write = [](bp_call*, const void*, std::uint64_t length, std::uint32_t) {
    written += length;
    return BP_OK;
  };
  host.call_complete = [](bp_call*, bp_status, bp_str) {};
  return host;
}

}  // namespace

int main() {
  const bp_handler& handler = *backplane_plugin_v1(BP_ABI_MAJOR, BP_ABI_MINOR)->handlers[0];
  const bp_host host = idle_host();
  bp_replica_info told{};
  told.struct_size = sizeof told;
  told.handler = text("hello");
  told.backend = text("hello");
  bp_error error{};
  error.struct_size = sizeof error;
  bp_replica* replica = nullptr;
  if (handler.create(&handler, &host, &told, &replica, &error) != BP_OK) return 1;
  std::array<double, kRounds> found{};
  // The host never looks into a call; here nobody does.
  bp_call* const call = nullptr;
  for (double& nanoseconds : found) {
    const auto started = std::chrono::steady_clock::now();
    for (std::uint32_t i = 0; i < kCalls; ++i) handler.execute(replica, &call, 1);
    const std::chrono::duration<double, std::nano> took =
        std::chrono::steady_clock::now() - started;
    nanoseconds = took.count() / kCalls;
  }
  handler.destroy(replica);
  // "hello ray" each time, or what was timed is something else.
  if (written != std::uint64_t{kRounds} * kCalls * std::strlen("hello ray")) return 1;
  std::sort(found.begin(), found.end());
  std::printf("{\"ns_per_call\": %.1f, \"lowest\": %.1f, \"highest\": %.1f}\n", found[kRounds / 2],
              found.front(), found.back());
  return 0;
}
