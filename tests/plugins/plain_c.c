#include <stdlib.h>

#include <backplane/abi.h>

/* A whole plugin in C: answers with the body of the request in upper case, built in the host's
 * memory. */
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
  const bp_str body = host->call_request(call)->body;
  const bp_str nothing = {NULL, 0};
  char* upper = host->call_alloc(call, body.len);
  if (upper == NULL) {
    host->call_complete(call, BP_EXHAUSTED, nothing);
    return;
  }
  for (uint64_t i = 0; i < body.len; ++i) {
    const char c = body.ptr[i];
    upper[i] = (char)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  }
  host->call_write(call, upper, body.len, 0);
  host->call_complete(call, BP_OK, nothing);
}

static bp_status execute(bp_replica* replica, bp_call* const* calls, uint32_t n) {
  for (uint32_t i = 0; i < n; ++i) answer(replica->host, calls[i]);
  return BP_OK;
}

static const bp_handler handler = {.struct_size = sizeof(bp_handler),
                                   .flags = BP_HF_STATELESS | BP_HF_BATCH,
                                   .max_batch = 64,
                                   .name = "plain_c",
                                   .version = "1.0.0",
                                   .create = create,
                                   .destroy = destroy,
                                   .execute = execute};
static const bp_handler* const handlers[] = {&handler};
static const bp_plugin plugin = {.struct_size = sizeof(bp_plugin),
                                 .magic = BP_MAGIC,
                                 .abi_major = BP_ABI_MAJOR,
                                 .abi_minor = BP_ABI_MINOR,
                                 .name = "plain_c",
                                 .version = "1.0.0",
                                 .handler_count = 1,
                                 .handlers = handlers};
static const bp_note_record note BP_NOTE_ATTRIBUTES = {
    sizeof(BP_NOTE_OWNER),
    sizeof(bp_note),
    BP_NOTE_TYPE,
    BP_NOTE_OWNER,
    {BP_MAGIC, BP_ABI_MAJOR, BP_ABI_MINOR, 0, "plain_c", "1.0.0"}};

BP_EXPORT const bp_plugin* backplane_plugin_v1(uint32_t host_major, uint32_t host_minor);

const bp_plugin* backplane_plugin_v1(uint32_t host_major, uint32_t host_minor) {
  (void)host_minor;
  return host_major == BP_ABI_MAJOR ? &plugin : NULL;
}
