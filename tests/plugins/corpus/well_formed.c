#include <backplane/abi.h>

/* The smallest plugin that is accepted. Most files of the corpus are this source with one wrong
 * option of the compiler or linker, or one wrong number in the note. */
#ifndef CORPUS_MAJOR
#define CORPUS_MAJOR BP_ABI_MAJOR
#endif
#ifndef CORPUS_MIN_HOST_MINOR
#define CORPUS_MIN_HOST_MINOR 0
#endif

struct bp_replica {
  const bp_host* host;
};

static bp_replica the_replica;

static bp_status create(const bp_handler* self, const bp_host* host, const bp_replica_info* info,
                        bp_replica** out, bp_error* error) {
  (void)self;
  (void)info;
  (void)error;
  the_replica.host = host;
  *out = &the_replica;
  return BP_OK;
}

static void destroy(bp_replica* replica) {
  replica->host = NULL;
}

static bp_status execute(bp_replica* replica, bp_call* const* calls, uint32_t n) {
  const bp_str nothing = {NULL, 0};
  for (uint32_t i = 0; i < n; ++i) replica->host->call_complete(calls[i], BP_OK, nothing);
  return BP_OK;
}

static const bp_handler handler = {.struct_size = sizeof(bp_handler),
                                   .max_batch = 1,
                                   .name = "well_formed",
                                   .version = "1.0.0",
                                   .create = create,
                                   .destroy = destroy,
                                   .execute = execute};
static const bp_handler* const handlers[] = {&handler};
static const bp_plugin plugin = {.struct_size = sizeof(bp_plugin),
                                 .magic = BP_MAGIC,
                                 .abi_major = CORPUS_MAJOR,
                                 .abi_minor = BP_ABI_MINOR,
                                 .name = "well_formed",
                                 .version = "1.0.0",
                                 .handler_count = 1,
                                 .handlers = handlers};

#ifndef CORPUS_NO_NOTE
static const bp_note_record note BP_NOTE_ATTRIBUTES = {
    sizeof(BP_NOTE_OWNER),
    sizeof(bp_note),
    BP_NOTE_TYPE,
    BP_NOTE_OWNER,
    {BP_MAGIC, CORPUS_MAJOR, BP_ABI_MINOR, CORPUS_MIN_HOST_MINOR, "well_formed", "1.0.0"}};
#endif

#ifdef CORPUS_NO_ENTRY
#define backplane_plugin_v1 backplane_plugin_of_another_name
#endif
BP_EXPORT const bp_plugin* backplane_plugin_v1(uint32_t host_major, uint32_t host_minor);

const bp_plugin* backplane_plugin_v1(uint32_t host_major, uint32_t host_minor) {
  (void)host_major;
  (void)host_minor;
  return &plugin;
}
