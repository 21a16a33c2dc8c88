#include <stdio.h>
#include <stdlib.h>

#include "tests/conformance/abi/v1_0/abi.h"

/* A plugin in C as it was built for the first hosts: it sees the header of version 1.0 alone, uses
 * each service of that host table and fills each field of its own tables. */

#if BP_ABI_MINOR != 0
#error "this is to be built with the header of version 1.0"
#endif

#define NAME "old_c"
#define VERSION "1.0.0"

struct bp_replica {
  const bp_host* host;
  uint32_t index;
  char setting[32]; /* "user_config" */
};

static uint64_t loads = 0;

static bp_status init(const bp_host* host, bp_error* error) {
  (void)error;
  if (!BP_HAS(host, bp_host, call_complete) || host->magic != BP_MAGIC) return BP_CONTRACT;
  loads += 1;
  return BP_OK;
}

static void deinit(void) {
  loads -= 1;
}

static bp_status create(const bp_handler* self, const bp_host* host, const bp_replica_info* info,
                        bp_replica** out, bp_error* error) {
  if (loads != 1 || info->struct_size < sizeof(bp_replica_info) ||
      host->abi_major != BP_ABI_MAJOR || info->generation == 0) {
    return BP_CONTRACT;
  }
  if (info->config_json.len > 0) {
    error->code = BP_INVALID;
    snprintf(error->message, sizeof(error->message), "handler '%s' takes no init", self->name);
    return BP_INVALID;
  }
  if (host->get_extension(host->ctx, "backplane.nothing/1") != NULL) return BP_CONTRACT;
  bp_replica* const replica = calloc(1, sizeof(bp_replica));
  if (replica == NULL) return BP_EXHAUSTED;
  replica->host = host;
  replica->index = info->replica_index;
  host->log(host->ctx, BP_LOG_INFO, info->backend);
  *out = replica;
  return BP_OK;
}

static void destroy(bp_replica* replica) {
  free(replica);
}

static bp_str text_of(const char* text, int length) {
  const bp_str view = {text, (uint64_t)length};
  return view;
}

/* "POST /e?query body setting", built in the host's memory. */
static bp_status answer(bp_replica* replica, bp_call* call) {
  const bp_host* const host = replica->host;
  const bp_request* const request = host->call_request(call);
  const size_t room = (size_t)(request->method.len + request->path.len + request->query.len +
                               request->body.len + sizeof(replica->setting) + 8);
  char* const body = host->call_alloc(call, room);
  if (body == NULL) return BP_EXHAUSTED;
  const int length =
      snprintf(body, room, "%.*s %.*s?%.*s %.*s %s", (int)request->method.len, request->method.ptr,
               (int)request->path.len, request->path.ptr, (int)request->query.len,
               request->query.len > 0 ? request->query.ptr : "", (int)request->body.len,
               request->body.len > 0 ? request->body.ptr : "", replica->setting);
  char index[16];
  const int digits = snprintf(index, sizeof(index), "%u", (unsigned)replica->index);
  const bp_kv fields[] = {{{"X-Replica", 9}, text_of(index, digits)},
                          {{"X-Request", 9}, request->trace_id}};
  const bp_status status = host->call_head(call, 201, fields, 2);
  if (status != BP_OK) return status;
  return host->call_write(call, body, (uint64_t)length, 0);
}

static bp_status execute(bp_replica* replica, bp_call* const* calls, uint32_t n) {
  static const bp_str nothing = {NULL, 0};
  static const bp_str refusal = {"there is nothing here", 21};
  const bp_host* const host = replica->host;
  for (uint32_t i = 0; i < n; ++i) {
    if (host->call_cancelled(calls[i])) {
      host->call_complete(calls[i], BP_CANCELLED, nothing);
    } else if (host->call_request(calls[i])->query.len == 0) {
      host->call_complete(calls[i], BP_NOT_FOUND, refusal);
    } else {
      host->call_complete(calls[i], answer(replica, calls[i]), nothing);
    }
  }
  return BP_OK;
}

static bp_status reconfigure(bp_replica* replica, bp_str json, bp_error* error) {
  if (json.len >= sizeof(replica->setting)) {
    error->code = BP_INVALID;
    snprintf(error->message, sizeof(error->message), "too long a setting");
    return BP_INVALID;
  }
  snprintf(replica->setting, sizeof(replica->setting), "%.*s", (int)json.len, json.ptr);
  return BP_OK;
}

static bp_status health(bp_replica* replica, bp_error* error) {
  (void)error;
  return replica->host != NULL ? BP_OK : BP_UNAVAILABLE;
}

static const void* get_extension(bp_replica* replica, const char* id) {
  (void)replica;
  (void)id;
  return NULL;
}

static const bp_handler handler = {.struct_size = sizeof(bp_handler),
                                   .flags = BP_HF_STATELESS | BP_HF_BATCH,
                                   .max_batch = 8,
                                   .name = NAME,
                                   .version = VERSION,
                                   .create = create,
                                   .destroy = destroy,
                                   .execute = execute,
                                   .reconfigure = reconfigure,
                                   .health = health,
                                   .get_extension = get_extension};
static const bp_handler* const handlers[] = {&handler};
static const bp_plugin plugin = {.struct_size = sizeof(bp_plugin),
                                 .magic = BP_MAGIC,
                                 .abi_major = BP_ABI_MAJOR,
                                 .abi_minor = BP_ABI_MINOR,
                                 .name = NAME,
                                 .version = VERSION,
                                 .handler_count = 1,
                                 .handlers = handlers,
                                 .init = init,
                                 .deinit = deinit};
static const bp_note_record note BP_NOTE_ATTRIBUTES = {
    sizeof(BP_NOTE_OWNER),
    sizeof(bp_note),
    BP_NOTE_TYPE,
    BP_NOTE_OWNER,
    {BP_MAGIC, BP_ABI_MAJOR, BP_ABI_MINOR, 0, NAME, VERSION}};

BP_EXPORT const bp_plugin* backplane_plugin_v1(uint32_t host_major, uint32_t host_minor);

const bp_plugin* backplane_plugin_v1(uint32_t host_major, uint32_t host_minor) {
  (void)host_minor;
  return host_major == BP_ABI_MAJOR ? &plugin : NULL;
}
