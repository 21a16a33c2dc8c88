/* The contract between the host and a plugin, version 1.1. C99, Linux on LP64.
 *
 * A plugin is a shared object that exports one function, BP_ENTRY, and carries one ELF note
 * (bp_note), which the host reads before any code of the plugin runs. Rules that hold everywhere:
 *
 * - Structs that may grow begin with struct_size, set by the side that wrote them. A reader uses a
 *   field only through BP_HAS. Fields are appended; never moved, resized, re-typed or removed.
 * - Nothing allocated on one side is freed by the other. bp_str is pointer and length, not
 *   terminated; {NULL, 0} is the empty string. `const char*` is terminated by NUL.
 * - No exception, longjmp or thread cancellation crosses a function of this header.
 * - [loader] is the host's one loader thread. [replica] is the thread of that replica: the same
 *   from create to destroy, so never two at a time for one replica; replicas run beside each other.
 *   Only where a handler with BP_HF_NEVER_BLOCKS executes inline is it several threads, one after
 *   the other.
 *   [any] is any thread, and for one bp_call one thread at a time. */
#ifndef BACKPLANE_ABI_H
#define BACKPLANE_ABI_H

#include <stddef.h>
#include <stdint.h>

/* NOLINTBEGIN(readability-identifier-naming): C has no namespaces, so everything here is bp_*. */

#ifdef __cplusplus
extern "C" {
#endif

typedef char bp_requires_lp64[sizeof(void*) == 8 ? 1 : -1];

#define BP_MAGIC 0x31504B42u /* the bytes "BKP1" */
#define BP_ABI_MAJOR 1u
#define BP_ABI_MINOR 1u
#define BP_HAS(p, T, f) ((p) && (p)->struct_size >= offsetof(T, f) + sizeof(((T*)0)->f))

typedef int32_t bp_status;
#define BP_OK 0
#define BP_INVALID 1     /* HTTP 400: the request, or the JSON given to create or reconfigure */
#define BP_NOT_FOUND 2   /* HTTP 404 */
#define BP_UNAVAILABLE 3 /* HTTP 503 */
#define BP_DEADLINE 4    /* HTTP 504 */
#define BP_CANCELLED 5   /* HTTP 499: nobody waits for the answer; 503: the handler was to stop */
#define BP_INTERNAL 6    /* HTTP 500 */
#define BP_UNSUPPORTED 7 /* HTTP 501 */
#define BP_EXHAUSTED 8   /* HTTP 429 */
#define BP_CONTRACT 9    /* HTTP 500, and counted: a promise of this header was broken */

/* Levels of bp_host.log. */
#define BP_LOG_DEBUG 0u
#define BP_LOG_INFO 1u
#define BP_LOG_WARNING 2u
#define BP_LOG_ERROR 3u

/* Flag of bp_host.call_write: more body follows. */
#define BP_WRITE_MORE 1u

/* Flags of bp_handler. */
#define BP_HF_STATELESS 1u /* any replica gives the same answer */
#define BP_HF_BATCH 2u     /* execute() accepts n > 1 */
#define BP_HF_ASYNC 4u     /* calls may be completed after execute() returned */
#define BP_HF_STREAM 8u    /* answers in pieces by BP_WRITE_MORE */
/* Since 1.1. execute() only computes: it waits for nothing and returns within microseconds. The
 * backend may then ask for "execution": "inline", and execute() runs on a thread that serves
 * sockets, or asks; create(), reconfigure() and destroy() run on others, never two at a time. Means
 * nothing together with BP_HF_ASYNC. */
#define BP_HF_NEVER_BLOCKS 16u

/* The request header that names the method of a handler to call. The plugin dispatches it; the host
 * never puts calls with different values into one execute(). */
#define BP_CALL_METHOD_HEADER "X-Serve-Call-Method"

typedef struct bp_str {
  const char* ptr; /* may be NULL when len is 0 */
  uint64_t len;    /* bytes */
} bp_str;

typedef struct bp_kv {
  bp_str key;
  bp_str value;
} bp_kv;

/* Owned by the caller; the callee fills code and message (UTF-8, ended by NUL, cut to fit). */
typedef struct bp_error {
  uint32_t struct_size;
  bp_status code;
  char message[248];
} bp_error;

typedef struct bp_call bp_call;       /* host: one request that is owed exactly one answer */
typedef struct bp_host_s bp_host_ctx; /* host: first argument of its services */
typedef struct bp_replica bp_replica; /* plugin: one instance of a handler */

/* A view of one request; valid until its call_complete() was called. */
typedef struct bp_request {
  uint32_t struct_size;
  uint32_t header_count;
  bp_str method;        /* "GET"; as sent */
  bp_str path;          /* as sent, without the query; not decoded */
  bp_str query;         /* raw, without '?'; not decoded */
  bp_str body;          /* any bytes */
  bp_str content_type;  /* value of Content-Type; empty if there was none */
  const bp_kv* headers; /* names as sent; repeated names joined with "," by the host */
  uint64_t deadline_ns; /* CLOCK_MONOTONIC; 0 = none */
  bp_str trace_id;      /* id of the request, the X-Request-Id of its answer */
} bp_request;

/* Services of the host. Owned by the host, outlives every replica. */
typedef struct bp_host {
  uint32_t struct_size;
  uint32_t magic;
  uint32_t abi_major;
  uint32_t abi_minor;
  bp_host_ctx* ctx;
  /* [any] A table of more services, NULL if this host has none of that id. Lives as bp_host. */
  const void* (*get_extension)(bp_host_ctx* ctx, const char* id);
  /* [any] Copies msg. From a thread in which the host runs create(), execute(), … the line also
   * says backend, replica, generation and request. */
  void (*log)(bp_host_ctx* ctx, uint32_t level, bp_str msg);
  /* [any] Never NULL. */
  const bp_request* (*call_request)(bp_call* call);
  /* [any] Not 0 once nobody waits for the answer, or (and then it is sent all the same) the
   * handler's code was replaced long ago and is to go. The call must still be completed. */
  uint32_t (*call_cancelled)(bp_call* call);
  /* [any] Memory of the host, freed with the call: fill it and pass it to call_write, which then
   * need not copy. NULL: the answer is too large. */
  void* (*call_alloc)(bp_call* call, uint64_t len);
  /* [any] Status (200 to 599) and headers of the answer; at most once, before call_write. Without
   * it the answer is a 200 without headers of the handler's. Copies. Framing headers are the
   * host's. INVALID: a name or value that HTTP forbids, or a status out of range; the head is still
   * unset. */
  bp_status (*call_head)(bp_call* call, uint32_t http_status, const bp_kv* headers, uint32_t n);
  /* [any] Appends to the body. Copies, unless data came from call_alloc of this call.
   * EXHAUSTED: the answer is too large, or a callback would wait (try_write is for those).
   * CANCELLED, DEADLINE: nobody waits for it. With BP_WRITE_MORE, of a handler with BP_HF_STREAM:
   * head and bytes go to the client now, in pieces, without a bound on their sum. Waits while the
   * client has not taken what came before (1 MiB of it). Once one piece is out, a completion that
   * is not OK cuts the answer off so that the client can tell. */
  bp_status (*call_write)(bp_call* call, const void* data, uint64_t len, uint32_t flags);
  /* [any] Exactly once; call, its request view and its memory are gone afterwards. Not OK: what was
   * set by call_head and call_write is dropped and the status answers, with error_message. */
  void (*call_complete)(bp_call* call, bp_status status, bp_str error_message);
} bp_host;

/* Extensions of the host, which bp_host.get_extension gives by their name; constant. NULL where the
 * host is older. */

/* Tells a handler at once that nobody waits for an answer any more, or that its code is to go:
 * what call_cancelled says to those who ask. */
#define BP_CANCEL_EXTENSION "backplane.cancel/1"
typedef void (*bp_cancelled_fn)(void* user);
typedef struct bp_cancel {
  uint32_t struct_size;
  uint32_t reserved0; /* 0 */
  /* [any] Once for a call: from now on `cancelled(user)` is called when call_cancelled() begins to
   * say so; before this returns when that is so already. At most once, on a thread of the host
   * that must not be held up, and never after call_complete() has returned, which waits for one
   * that runs. It may use the services of this call, call_complete() among them, and complete no
   * other. CONTRACT: the call has been given one, or is complete. */
  bp_status (*on_cancel)(bp_call* call, bp_cancelled_fn cancelled, void* user);
} bp_cancel;

/* For who writes an answer in pieces (BP_HF_STREAM) and may not be held up. */
#define BP_FLOW_EXTENSION "backplane.flow/1"
typedef void (*bp_writable_fn)(void* user);
typedef struct bp_flow {
  uint32_t struct_size;
  uint32_t reserved0; /* 0 */
  /* [any] As call_write with BP_WRITE_MORE, without waiting: takes all of it, or EXHAUSTED while
   * there is no room. */
  bp_status (*try_write)(bp_call* call, const void* data, uint64_t len);
  /* [any] After an EXHAUSTED, once for each: `writable(user)` is called when there is room again or
   * nobody reads any more; before this returns when that is so already. On a thread of the host
   * that must not be held up; never after call_complete() has returned, which waits for one that
   * runs. CONTRACT: nothing was written in pieces, or one is waiting already. */
  bp_status (*on_writable)(bp_call* call, bp_writable_fn writable, void* user);
} bp_flow;

/* For who has a large answer in memory of its own. */
#define BP_ADOPT_EXTENSION "backplane.adopt/1"
typedef void (*bp_release_fn)(void* user);
typedef struct bp_adopt {
  uint32_t struct_size;
  uint32_t reserved0; /* 0 */
  /* [any] As call_write, without a copy where `data` is all of the answer and more than 16 KiB, and
   * does not come in pieces: it is sent from where it is, so it must not change. Whatever this
   * returns, and however the call ends, `release(user)` is called once, when the host needs the
   * bytes no more: before this returns where it copied or refused them, else later, on a thread of
   * the host that must not be held up, mostly one that serves sockets. That may be after destroy(),
   * but never after deinit(): the plugin stays loaded until it has returned. It may not use the
   * call. NULL: there is nothing to release, as of bytes that are constants of the plugin. */
  bp_status (*write_owned)(bp_call* call, const void* data, uint64_t len, uint32_t flags,
                           bp_release_fn release, void* user);
} bp_adopt;

/* Threads of the host, for work beside calls: none is left running when a plugin is unloaded. */
#define BP_TASKS_EXTENSION "backplane.tasks/1"
typedef void (*bp_task_fn)(void* user);
typedef struct bp_tasks {
  uint32_t struct_size;
  uint32_t reserved0; /* 0 */
  /* [any] `run(user)` is called once, on one of a few threads that all plugins share, in the order
   * in which tasks came. Until it has returned the plugin stays loaded; destroy() does not wait for
   * it, but may do so itself. Never waits. EXHAUSTED: 1,024 tasks wait already. UNAVAILABLE: in
   * init() or deinit(), or the host is stopping and its replicas are gone; a host that stops runs
   * what waits, as far as the end of the process, two seconds later, leaves it time. CONTRACT: run
   * is NULL. Not OK: it is not called. */
  bp_status (*submit)(bp_host_ctx* ctx, bp_task_fn run, void* user);
} bp_tasks;

/* Whether the plugin is where it believes to be. A host that was built for debugging looks itself,
 * says so and aborts when a plugin is in two of call_request, call_alloc, call_head, call_write,
 * write_owned and try_write of one call at a time, on two threads, neither of which runs a callback
 * of it, or writes its state from another thread than the one that is to save it. */
#define BP_THREAD_CHECK_EXTENSION "backplane.thread_check/1"
typedef struct bp_thread_check {
  uint32_t struct_size;
  uint32_t reserved0; /* 0 */
  /* [any] Not 0 when the host has called a function of `replica` on this thread, which has not
   * returned: on [replica]. NULL: of any replica, as in create(), which has none yet. */
  uint32_t (*is_replica_thread)(bp_host_ctx* ctx, const bp_replica* replica);
} bp_thread_check;

/* Calls of other handlers of the same host: in this process, without a socket. */
#define BP_INVOKE_EXTENSION "backplane.invoke/1"
/* The answer. `http_status` and `body` as a client would get them; `status` is OK below 400, else
 * the number that has this HTTP status, INVALID for others below 500 and INTERNAL from there. What
 * the host or the handler refused has the words of the refusal as its body. `body` ends with the
 * call. On a thread of the host that must not be held up, or before invoke() returns. */
typedef void (*bp_invoked_fn)(void* user, bp_status status, uint32_t http_status, bp_str body);
typedef struct bp_invoke {
  uint32_t struct_size;
  uint32_t reserved0; /* 0 */
  /* [any] Asks `target`: the name of an endpoint, whose traffic is split as that of clients, or
   * "backend:" and the tag of a backend. Waits for nothing; as many at once as you like. OK:
   * `done(user, …)` is called exactly once. CONTRACT: `call` is complete; UNSUPPORTED: nobody
   * serves here, as where a plugin is tried; `done` is not called.
   * `request` is copied. Of it count method ("POST" if empty), path ("/" if empty), query, body,
   * content_type, headers, and deadline_ns where it is earlier than that of `call`; the request id
   * is that of `call`, and so is its traceparent if `request` has none. An earlier
   * deadline or limit of who is asked ends this one at its time, that of `call` a second later.
   * When nobody waits for the answer of `call` any more, `done` is called at once with CANCELLED or
   * DEADLINE, and who serves it is told. When `call` is completed first, this one goes on; the
   * replica is not destroyed, nor its code unloaded, before `done` has returned. `done` may use
   * the services of `call` while that is open. call_complete() waits for one that is called
   * because of a cancellation: hold no lock then that `done` takes.
   *
   * Pieces of a handler that streams are put together, up to the bound of an answer (INTERNAL
   * beyond). Answered without being served: NOT_FOUND, no such endpoint or backend; INTERNAL, more
   * than 8 calls in a chain, this one included; UNAVAILABLE, nothing serves it, or it would wait
   * for itself: everything that the target runs at once waits for this call already. */
  bp_status (*invoke)(bp_host_ctx* ctx, bp_call* call, bp_str target, const bp_request* request,
                      bp_invoked_fn done, void* user);
} bp_invoke;

/* Borrowed for the call of create(). */
typedef struct bp_replica_info {
  uint32_t struct_size;
  uint32_t replica_index; /* 0, 1, … within the backend */
  bp_str handler;
  bp_str backend;
  bp_str config_json;  /* "init" of the backend as JSON text; empty if it has none */
  uint64_t generation; /* of the backend; grows with each reload */
} bp_replica_info;

/* Series of the plugin's own on the host's page for Prometheus, by the rules of its data model
 * (https://prometheus.io/docs/concepts/data_model/). The host adds the label "plugin". A series
 * lives as long as any generation of the plugin is loaded: who asks for it again, in the same
 * generation or a later one, gets the same handle and goes on where it stands. */
#define BP_METRICS_EXTENSION "backplane.metrics/1"
typedef struct bp_metrics {
  uint32_t struct_size;
  uint32_t reserved0; /* 0 */
  /* [any] Makes or finds a series. Copies. Names: [a-zA-Z_][a-zA-Z0-9_]*, not beginning with
   * "backplane_"; those of counters, and no others, end in "_total". Labels in any order; not
   * "plugin", not "le", not beginning with "__"; values in UTF-8. The kind of a name, and a
   * histogram's bounds (1 to 64, finite, ascending; +Inf is the host's to add), are those it was
   * first given. 0: dropped, because a rule is broken or the plugin has too many series; the host
   * counts and logs that, and the functions below do nothing with it. May lock and allocate: keep
   * the handle. */
  uint64_t (*counter)(bp_host_ctx* ctx, bp_str name, const bp_kv* labels, uint32_t label_count);
  uint64_t (*gauge)(bp_host_ctx* ctx, bp_str name, const bp_kv* labels, uint32_t label_count);
  uint64_t (*histogram)(bp_host_ctx* ctx, bp_str name, const bp_kv* labels, uint32_t label_count,
                        const double* bounds, uint32_t bound_count);
  /* [any] Neither locks nor allocates. Does nothing to a series of another kind. */
  void (*add)(bp_host_ctx* ctx, uint64_t handle, double n);     /* counter: n >= 0; gauge: any */
  void (*set)(bp_host_ctx* ctx, uint64_t handle, double value); /* gauge */
  void (*observe)(bp_host_ctx* ctx, uint64_t handle, double value); /* histogram; finite */
} bp_metrics;

/* Extensions of a replica, which bp_handler.get_extension gives by their name; static and constant.
 * Their functions are called by [replica]'s thread, between two execute(). */

/* What a replica holds, for the one that takes its place at a reload. */
#define BP_STATE_EXTENSION "backplane.state/1"
/* Copies. EXHAUSTED: more than 64 MiB in all. */
typedef bp_status (*bp_write_fn)(void* ctx, bp_str bytes);
typedef struct bp_state {
  uint32_t struct_size;
  uint32_t version; /* of the form of the bytes; the plugin's own to count */
  /* Writes it, in as many parts as it likes; the replica serves on. Not OK: nothing is handed over,
   * and the reload fails. */
  bp_status (*save)(bp_replica* replica, bp_write_fn write, void* ctx, bp_error* err);
  /* Right after create() and the first reconfigure(): takes what a replica of another generation
   * saved, as `from_version`. Not OK: the reload fails. */
  bp_status (*restore)(bp_replica* replica, bp_str bytes, uint32_t from_version, bp_error* err);
} bp_state;

/* What a replica does before its first request, so that this one need not wait for it. */
#define BP_WARMUP_EXTENSION "backplane.warmup/1"
typedef struct bp_warmup {
  uint32_t struct_size;
  uint32_t reserved0; /* 0 */
  /* Once, after create(), reconfigure() and restore(). Not OK: the replica is not to be used. */
  bp_status (*warm_up)(bp_replica* replica, bp_error* err);
} bp_warmup;

/* One kind of handler. Static and constant in the plugin. */
typedef struct bp_handler {
  uint32_t struct_size;
  uint32_t flags;
  uint32_t max_batch; /* upper bound of n in execute(); 1 without BP_HF_BATCH */
  uint32_t reserved0; /* 0 */
  const char* name;   /* [a-z0-9_.-]{1,64}, unique in the plugin */
  const char* version;
  const void* user; /* the plugin's own; the host does not look at it */
  /* [replica] May block. OK: *out is the plugin's until destroy(). Not OK: nothing is kept, err
   * says why. INVALID: config_json is wrong, or was given to a handler that takes none. */
  bp_status (*create)(const struct bp_handler* self, const bp_host* host,
                      const bp_replica_info* info, bp_replica** out, bp_error* err);
  /* [replica] Only when no call is outstanding. */
  void (*destroy)(bp_replica* replica);
  /* [replica] 1 <= n <= max_batch. OK: the plugin owes each call one call_complete(), before it
   * returns unless BP_HF_ASYNC. Not OK: it keeps no call that it did not complete; the host answers
   * those with the status. The array stays the host's and is gone after the return. */
  bp_status (*execute)(bp_replica* replica, bp_call* const* calls, uint32_t n);
  /* [replica] "user_config" of the backend as JSON text: right after create() if it has one, and at
   * each change between two execute(). On error the replica keeps what it had. May be NULL: then
   * the host refuses backends with a user_config. */
  bp_status (*reconfigure)(bp_replica* replica, bp_str config_json, bp_error* err);
  /* [replica] Between two execute(); cheap. May be NULL. */
  bp_status (*health)(bp_replica* replica, bp_error* err);
  /* [replica] An extension, see above; NULL if there is none of that id. May be NULL. */
  const void* (*get_extension)(bp_replica* replica, const char* id);
} bp_handler;

/* What the entry returns. Static and constant; the host copies its strings. */
typedef struct bp_plugin {
  uint32_t struct_size;
  uint32_t magic;
  uint32_t abi_major;
  uint32_t abi_minor;
  const char* name; /* equal to the note's */
  const char* version;
  uint32_t handler_count; /* 1 to 256 */
  uint32_t reserved0;     /* 0 */
  const bp_handler* const* handlers;
  /* [loader] Once per load, before any create(). Quick: no threads, files, network. May be NULL. */
  bp_status (*init)(const bp_host* host, bp_error* err);
  /* [loader] After the last destroy(), if init gave OK: join threads, drop hooks. May be NULL. */
  void (*deinit)(void);
} bp_plugin;

/* [loader] Pure: no side effects. NULL: the plugin refuses this host. */
typedef const bp_plugin* (*bp_plugin_entry_fn)(uint32_t host_major, uint32_t host_minor);
#define BP_ENTRY "backplane_plugin_v1" /* the one exported symbol */

/* The note's content. Little-endian, as the platform. */
typedef struct bp_note {
  uint32_t magic;
  uint32_t abi_major;
  uint32_t abi_minor;
  uint32_t min_host_minor; /* the plugin needs a host of this minor or newer */
  char name[48];           /* ended by NUL */
  char version[32];        /* ended by NUL */
} bp_note;

#define BP_NOTE_SECTION ".note.backplane"
#define BP_NOTE_OWNER "BKPL"
#define BP_NOTE_TYPE 1u

/* The note as it stands in the file: an ELF note (Elf64_Nhdr, owner padded to 4 bytes, content).
 * In C: static const bp_note_record note BP_NOTE_ATTRIBUTES = {5, 96, 1, "BKPL", {…}}; */
typedef struct bp_note_record {
  uint32_t owner_size;   /* 5: "BKPL" and its NUL */
  uint32_t content_size; /* sizeof(bp_note) */
  uint32_t type;         /* BP_NOTE_TYPE */
  char owner[8];         /* BP_NOTE_OWNER and NULs */
  bp_note content;
} bp_note_record;
#define BP_NOTE_ATTRIBUTES __attribute__((section(BP_NOTE_SECTION), used, aligned(4)))

/* Marks the entry as exported when the plugin is built with -fvisibility=hidden. */
#define BP_EXPORT __attribute__((visibility("default")))

#ifdef __cplusplus
} /* extern "C" */
#endif

/* NOLINTEND(readability-identifier-naming) */

#endif /* BACKPLANE_ABI_H */
