#include "tests/plugins/corpus/well_formed.inc"

/* Initial-exec thread storage: each load takes a piece of a small reserve that a reload cannot give
 * back in order. */
static __thread int calls_of_thread;

int corpus_count_call(void);

int corpus_count_call(void) {
  return ++calls_of_thread;
}
