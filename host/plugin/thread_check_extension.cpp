#include "host/plugin/thread_check_extension.hpp"

#include "host/plugin/log_scope.hpp"

namespace backplane::host {
namespace {

std::uint32_t is_replica_thread(bp_host_ctx* /*context*/, const bp_replica* replica) noexcept {
  const LogPlace* const place = LogScope::place();
  if (place == nullptr) return 0;
  return replica == nullptr || place->instance == replica ? 1 : 0;
}

constexpr bp_thread_check kThreadCheck{
    .struct_size = sizeof(bp_thread_check), .reserved0 = 0, .is_replica_thread = is_replica_thread};

}  // namespace

const bp_thread_check& thread_check_extension() {
  return kThreadCheck;
}

}  // namespace backplane::host
