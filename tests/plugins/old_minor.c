#include <stdlib.h>

#include <backplane/abi.h>

/* As a plugin would be that was built before the optional fields existed: its structs end before
 * them, and what lies behind belongs to nobody. Answers "old". */
struct bp_replica {
  const bp_host* host;
};

static bp_status create(const bp_handler* self, const bp_host* host, const bp_replica_info* info,
                        bp_replica** out, bp_error* error) {
  (void)self;
  (void)info;
  (void)error;
  *out = malloc(sizeof(bp_replica));
  if (*out == NULL) return BP_EXHAUSTED;
  (*out)->host = host;
  return BP_OK;
}

static void destroy(bp_replica* replica) {
  free(replica);
}

static void answer(const bp_host* host, bp_call* call) {
  const bp_str nothing = {NULL, 0};
  host->call_write(call, "old", 3, 0);
  host->call_complete(call, BP_OK, nothing);
}

static bp_status execute(bp_replica* replica, bp_call* const* calls, uint32_t n) {
  for (uint32_t i = 0; i < n; ++i) answer(replica->host, calls[i]);
  return BP_OK;
}

/* The bytes behind struct_size are poison: a host that reads them jumps to nowhere. */
static bp_status poison(bp_replica* replica, bp_error* error) {
  (void)replica;
  (void)error;
  abort();
}
static void poison_deinit(void) {
  abort();
}
static bp_status poison_init(const bp_host* host, bp_error* error) {
  (void)host;
  (void)error;
  abort();
}
static bp_status poison_reconfigure(bp_replica* replica, bp_str json, bp_error* error) {
  (void)json;
  return poison(replica, error);
}

static const bp_handler handler = {.struct_size = (uint32_t)offsetof(bp_handler, reconfigure),
                                   .max_batch = 1,
                                   .name = "old_minor",
                                   .version = "1.0.0",
                                   .create = create,
                                   .destroy = destroy,
                                   .execute = execute,
                                   .reconfigure = poison_reconfigure,
                                   .health = poison};
static const bp_handler* const handlers[] = {&handler};
static const bp_plugin plugin = {.struct_size = (uint32_t)offsetof(bp_plugin, init),
                                 .magic = BP_MAGIC,
                                 .abi_major = BP_ABI_MAJOR,
                                 .abi_minor = 0,
                                 .name = "old_minor",
                                 .version = "1.0.0",
                                 .handler_count = 1,
                                 .handlers = handlers,
                                 .init = poison_init,
                                 .deinit = poison_deinit};
static const bp_note_record note BP_NOTE_ATTRIBUTES = {
    sizeof(BP_NOTE_OWNER),
    sizeof(bp_note),
    BP_NOTE_TYPE,
    BP_NOTE_OWNER,
    {BP_MAGIC, BP_ABI_MAJOR, 0, 0, "old_minor", "1.0.0"}};

BP_EXPORT const bp_plugin* backplane_plugin_v1(uint32_t host_major, uint32_t host_minor);

const bp_plugin* backplane_plugin_v1(uint32_t host_major, uint32_t host_minor) {
  (void)host_minor;
  return host_major == BP_ABI_MAJOR ? &plugin : NULL;
}
