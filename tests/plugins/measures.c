#include <stdlib.h>

#include <backplane/abi.h>

/* Metrics and log lines of a plugin in C: logs "created" and "executes", counts its requests and
 * answers with an empty body. */
struct bp_replica {
  const bp_host* host;
  const bp_metrics* metrics; /* NULL: the host has none */
  uint64_t requests;
};

static void log_words(const bp_host* host, const char* words, uint64_t length) {
  const bp_str message = {words, length};
  host->log(host->ctx, BP_LOG_INFO, message);
}

static bp_status create(const bp_handler* self, const bp_host* host, const bp_replica_info* info,
                        bp_replica** out, bp_error* error) {
  const bp_str name = {"measures_requests_total", 23};
  const bp_kv backend = {{"backend", 7}, info->backend};
  (void)self;
  (void)error;
  *out = calloc(1, sizeof(bp_replica));
  if (*out == NULL) return BP_EXHAUSTED;
  (*out)->host = host;
  (*out)->metrics = host->get_extension(host->ctx, BP_METRICS_EXTENSION);
  if (BP_HAS((*out)->metrics, bp_metrics, counter)) {
    (*out)->requests = (*out)->metrics->counter(host->ctx, name, &backend, 1);
  }
  log_words(host, "created", 7);
  return BP_OK;
}

static void destroy(bp_replica* replica) {
  free(replica);
}

static bp_status execute(bp_replica* replica, bp_call* const* calls, uint32_t n) {
  const bp_host* const host = replica->host;
  const bp_str nothing = {NULL, 0};
  log_words(host, "executes", 8);
  if (BP_HAS(replica->metrics, bp_metrics, add)) {
    replica->metrics->add(host->ctx, replica->requests, n);
  }
  for (uint32_t i = 0; i < n; ++i) host->call_complete(calls[i], BP_OK, nothing);
  return BP_OK;
}

static const bp_handler handler = {.struct_size = sizeof(bp_handler),
                                   .max_batch = 1,
                                   .name = "measures",
                                   .version = "1.0.0",
                                   .create = create,
                                   .destroy = destroy,
                                   .execute = execute};
static const bp_handler* const handlers[] = {&handler};
static const bp_plugin plugin = {.struct_size = sizeof(bp_plugin),
                                 .magic = BP_MAGIC,
                                 .abi_major = BP_ABI_MAJOR,
                                 .abi_minor = BP_ABI_MINOR,
                                 .name = "measures",
                                 .version = "1.0.0",
                                 .handler_count = 1,
                                 .handlers = handlers};
static const bp_note_record note BP_NOTE_ATTRIBUTES = {
    sizeof(BP_NOTE_OWNER),
    sizeof(bp_note),
    BP_NOTE_TYPE,
    BP_NOTE_OWNER,
    {BP_MAGIC, BP_ABI_MAJOR, BP_ABI_MINOR, 0, "measures", "1.0.0"}};

BP_EXPORT const bp_plugin* backplane_plugin_v1(uint32_t host_major, uint32_t host_minor);

const bp_plugin* backplane_plugin_v1(uint32_t host_major, uint32_t host_minor) {
  (void)host_minor;
  return host_major == BP_ABI_MAJOR ? &plugin : NULL;
}
