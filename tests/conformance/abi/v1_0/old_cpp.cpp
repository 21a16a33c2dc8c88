#include <memory>
#include <string>

#include "tests/conformance/abi/v1_0/abi.h"

// A plugin in C++ as it was built for the first hosts, with the header of version 1.0 alone and
// without the SDK: it answers with its init and how many calls came together, in two writes.

static_assert(BP_ABI_MINOR == 0, "this is to be built with the header of version 1.0");

struct bp_replica {  // NOLINT(readability-identifier-naming): the name that abi.h left to plugins
  const bp_host* host;
  std::string init;
};

namespace {

constexpr char kName[] = "old_cpp";
constexpr char kVersion[] = "1.0.0";

bp_str text(const std::string& bytes) {
  return {bytes.data(), bytes.size()};
}

bp_status create(const bp_handler*, const bp_host* host, const bp_replica_info* info,
                 bp_replica** out, bp_error*) noexcept {
  auto replica = std::make_unique<bp_replica>();
  replica->host = host;
  if (info->config_json.len > 0) replica->init.assign(info->config_json.ptr, info->config_json.len);
  *out = replica.release();
  return BP_OK;
}

void destroy(bp_replica* replica) noexcept {
  const std::unique_ptr<bp_replica> owned(replica);
}

bp_status execute(bp_replica* replica, bp_call* const* calls, uint32_t n) noexcept {
  const bp_host& host = *replica->host;
  for (uint32_t i = 0; i < n; ++i) {
    const std::string count = " " + std::to_string(n);
    host.call_write(calls[i], replica->init.data(), replica->init.size(), 0);
    const bp_status status = host.call_write(calls[i], count.data(), count.size(), 0);
    host.call_complete(calls[i], status, text("the answer was not taken"));
  }
  return BP_OK;
}

constexpr bp_handler make_handler() {
  bp_handler handler{};
  handler.struct_size = sizeof(bp_handler);
  handler.flags = BP_HF_BATCH;
  handler.max_batch = 4;
  handler.name = kName;
  handler.version = kVersion;
  handler.create = &create;
  handler.destroy = &destroy;
  handler.execute = &execute;
  return handler;
}
constexpr bp_handler kHandler = make_handler();
constexpr const bp_handler* kHandlers[] = {&kHandler};

constexpr bp_plugin make_plugin() {
  bp_plugin plugin{};
  plugin.struct_size = sizeof(bp_plugin);
  plugin.magic = BP_MAGIC;
  plugin.abi_major = BP_ABI_MAJOR;
  plugin.abi_minor = BP_ABI_MINOR;
  plugin.name = kName;
  plugin.version = kVersion;
  plugin.handler_count = 1;
  plugin.handlers = kHandlers;
  return plugin;
}
constexpr bp_plugin kPlugin = make_plugin();

BP_NOTE_ATTRIBUTES constexpr bp_note_record kNote = {
    sizeof(BP_NOTE_OWNER),
    sizeof(bp_note),
    BP_NOTE_TYPE,
    BP_NOTE_OWNER,
    {BP_MAGIC, BP_ABI_MAJOR, BP_ABI_MINOR, 0, "old_cpp", "1.0.0"}};

}  // namespace

extern "C" BP_EXPORT const bp_plugin* backplane_plugin_v1(uint32_t, uint32_t);
extern "C" const bp_plugin* backplane_plugin_v1(uint32_t host_major, uint32_t) {
  return host_major == BP_ABI_MAJOR ? &kPlugin : nullptr;
}
