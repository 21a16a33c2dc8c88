#include "host/plugin/abi_bridge.hpp"

#include <cstdint>
#include <cstring>
#include <utility>

#include "host/base/log.hpp"
#include "host/json/json_writer.hpp"
#include "host/plugin/adopt_extension.hpp"
#include "host/plugin/call_handle.hpp"
#include "host/plugin/cancel_extension.hpp"
#include "host/plugin/flow_extension.hpp"
#include "host/plugin/invoke_extension.hpp"
#include "host/plugin/log_scope.hpp"
#include "host/plugin/metrics_extension.hpp"
#include "host/plugin/tasks_extension.hpp"
#include "host/plugin/thread_check_extension.hpp"

namespace backplane::host {
namespace {

// What a plugin gets that asks for the request of a call it has completed.
constexpr bp_request kNoRequest{.struct_size = sizeof(bp_request),
                                .header_count = 0,
                                .method = {},
                                .path = {},
                                .query = {},
                                .body = {},
                                .content_type = {},
                                .headers = nullptr,
                                .deadline_ns = 0,
                                .trace_id = {}};

LogLevel level_of(std::uint32_t level) {
  switch (level) {
    case BP_LOG_DEBUG:
      return LogLevel::kDebug;
    case BP_LOG_WARNING:
      return LogLevel::kWarning;
    case BP_LOG_ERROR:
      return LogLevel::kError;
    default:
      return LogLevel::kInfo;
  }
}

// The services. Nothing may leave them but a return value, so memory that runs out ends the
// process here, as everywhere in the host.
const void* get_extension(bp_host_ctx* /*context*/, const char* id) noexcept {
  if (std::string_view(id) == BP_CANCEL_EXTENSION) return &cancel_extension();
  if (std::string_view(id) == BP_FLOW_EXTENSION) return &flow_extension();
  if (std::string_view(id) == BP_INVOKE_EXTENSION) return &invoke_extension();
  if (std::string_view(id) == BP_METRICS_EXTENSION) return &metrics_extension();
  if (std::string_view(id) == BP_ADOPT_EXTENSION) return &adopt_extension();
  if (std::string_view(id) == BP_TASKS_EXTENSION) return &tasks_extension();
  if (std::string_view(id) == BP_THREAD_CHECK_EXTENSION) return &thread_check_extension();
  return nullptr;
}

void write_log(bp_host_ctx* context, std::uint32_t level, bp_str message) noexcept {
  log_from_plugin(level_of(level), AbiBridge::of(context).plugin(), view_of(message));
}

const bp_request* call_request(bp_call* handle) noexcept {
  const HeldCall use = held(handle);
  if (!use.open()) return &kNoRequest;
  const auto inside = use.enter("call_request");
  return &use.call.slot.request();
}

std::uint32_t call_cancelled(bp_call* handle) noexcept {
  const HeldCall use = held(handle);
  return !use.open() || use.call.slot.cancelled() ? 1 : 0;
}

void* call_alloc(bp_call* handle, std::uint64_t length) noexcept {
  const HeldCall use = held(handle);
  if (!use.open()) return nullptr;
  const auto inside = use.enter("call_alloc");
  return use.call.slot.allocate(length);
}

bp_status call_head(bp_call* handle, std::uint32_t status, const bp_kv* headers,
                    std::uint32_t count) noexcept {
  const HeldCall use = held(handle);
  if (!use.open()) return use.contract();
  const auto inside = use.enter("call_head");
  const bp_status answer = use.call.slot.set_head(status, headers, count);
  return answer == BP_CONTRACT ? use.contract() : answer;
}

bp_status call_write(bp_call* handle, const void* data, std::uint64_t length,
                     std::uint32_t flags) noexcept {
  const HeldCall use = held(handle);
  if (!use.open()) return use.contract();
  const auto inside = use.enter("call_write");
  const bp_status answer = use.call.slot.write(data, length, flags);
  return answer == BP_CONTRACT ? use.contract() : answer;
}

void call_complete(bp_call* handle, bp_status status, bp_str message) noexcept {
  const HeldCall use = held(handle);
  use.call.owner.complete(use.call, use.epoch, status, view_of(message));
}

}  // namespace

AbiBridge::AbiBridge(std::string plugin, std::shared_ptr<MetricRegistry> metrics)
    : plugin_(std::move(plugin)),
      metrics_(metrics != nullptr ? std::move(metrics) : std::make_shared<MetricRegistry>(plugin_)),
      services_{.struct_size = sizeof(bp_host),
                .magic = BP_MAGIC,
                .abi_major = BP_ABI_MAJOR,
                .abi_minor = BP_ABI_MINOR,
                .ctx = reinterpret_cast<bp_host_ctx*>(this),
                .get_extension = get_extension,
                .log = write_log,
                .call_request = call_request,
                .call_cancelled = call_cancelled,
                .call_alloc = call_alloc,
                .call_head = call_head,
                .call_write = call_write,
                .call_complete = call_complete} {}

void AbiBridge::allow_tasks(TaskPool& pool, std::weak_ptr<const void> code) {
  code_ = std::move(code);
  tasks_.store(&pool, std::memory_order_release);
}

bp_status AbiBridge::submit(bp_task_fn run, void* user) {
  if (run == nullptr) {
    counts_.violations.fetch_add(1, std::memory_order_relaxed);
    return BP_CONTRACT;
  }
  TaskPool* const pool = tasks_.load(std::memory_order_acquire);
  if (pool == nullptr) return BP_UNAVAILABLE;
  std::shared_ptr<const void> code = code_.lock();
  // Its last user is gone, and deinit() is all that it will run.
  if (code == nullptr) return BP_UNAVAILABLE;
  switch (pool->submit({.plugin = plugin_, .run = run, .user = user, .code = std::move(code)})) {
    case TaskPool::Taken::kTaken:
      return BP_OK;
    case TaskPool::Taken::kFull:
      return BP_EXHAUSTED;
    case TaskPool::Taken::kStopped:
      break;
  }
  return BP_UNAVAILABLE;
}

AbiBridge& AbiBridge::of(bp_host_ctx* context) {
  return *reinterpret_cast<AbiBridge*>(context);
}

std::string message_of(const bp_error& error, std::string_view otherwise) {
  const std::size_t length = strnlen(error.message, sizeof error.message);
  if (length == 0) return std::string(otherwise);
  return to_utf8(std::string_view(error.message, length));
}

}  // namespace backplane::host
