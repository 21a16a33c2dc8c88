#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <backplane/abi.h>

/* A whole plugin in C. Answers with the body of the request, or with its query where there is no
 * body, in upper case; X-Answered counts what this replica has answered. */

#define NAME "upper"
#define VERSION "1.0.0"

/* One replica is one thread: nothing here needs a lock. */
struct bp_replica {
  const bp_host* host; /* outlives the replica */
  uint64_t answered;
};

static bp_status create(const bp_handler* self, const bp_host* host, const bp_replica_info* info,
                        bp_replica** out, bp_error* error) {
  (void)self;
  if (info->config_json.len > 0) {
    error->code = BP_INVALID;
    snprintf(error->message, sizeof(error->message), "handler '" NAME "' takes no init");
    return BP_INVALID;
  }
  bp_replica* const replica = calloc(1, sizeof(bp_replica));
  if (replica == NULL) return BP_EXHAUSTED;
  replica->host = host;
  *out = replica;
  return BP_OK;
}

static void destroy(bp_replica* replica) {
  free(replica);
}

static bp_status write_head(bp_replica* replica, bp_call* call) {
  char digits[24];
  const int length = snprintf(digits, sizeof(digits), "%" PRIu64, replica->answered + 1);
  const bp_kv fields[] = {{{"Content-Type", 12}, {"text/plain; charset=utf-8", 25}},
                          {{"X-Answered", 10}, {digits, (uint64_t)length}}};
  return replica->host->call_head(call, 200, fields, 2);
}

static void answer(bp_replica* replica, bp_call* call) {
  static const char no_text[] = "there is neither a body nor a query";
  const bp_host* const host = replica->host;
  const bp_request* const request = host->call_request(call);
  const bp_str text = request->body.len > 0 ? request->body : request->query;
  const bp_str nothing = {NULL, 0};
  if (text.len == 0) {
    const bp_str message = {no_text, sizeof(no_text) - 1};
    host->call_complete(call, BP_INVALID, message);
    return;
  }
  /* The answer is built where the host sends it from, so call_write has nothing to copy. */
  char* const upper = host->call_alloc(call, text.len);
  if (upper == NULL) {
    host->call_complete(call, BP_EXHAUSTED, nothing);
    return;
  }
  for (uint64_t i = 0; i < text.len; ++i) {
    const char c = text.ptr[i];
    upper[i] = (char)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  }
  bp_status status = write_head(replica, call);
  if (status == BP_OK) status = host->call_write(call, upper, text.len, 0);
  if (status != BP_OK) {
    host->call_complete(call, status, nothing);
    return;
  }
  replica->answered += 1;
  host->call_complete(call, BP_OK, nothing);
}

static bp_status execute(bp_replica* replica, bp_call* const* calls, uint32_t n) {
  for (uint32_t i = 0; i < n; ++i) answer(replica, calls[i]);
  return BP_OK;
}

static const bp_handler handler = {.struct_size = sizeof(bp_handler),
                                   .flags = BP_HF_BATCH,
                                   .max_batch = 64,
                                   .name = NAME,
                                   .version = VERSION,
                                   .create = create,
                                   .destroy = destroy,
                                   .execute = execute};
static const bp_handler* const handlers[] = {&handler};
static const bp_plugin plugin = {.struct_size = sizeof(bp_plugin),
                                 .magic = BP_MAGIC,
                                 .abi_major = BP_ABI_MAJOR,
                                 .abi_minor = BP_ABI_MINOR,
                                 .name = NAME,
                                 .version = VERSION,
                                 .handler_count = 1,
                                 .handlers = handlers};

/* What the host reads before any code of this file runs. min_host_minor is 0: nothing here is
 * newer than version 1.0 of the contract. */
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
