#include "tests/plugins/corpus/well_formed.inc"

/* A second exported symbol, which another library could take for its own. */
BP_EXPORT int corpus_extra(void);

int corpus_extra(void) {
  return 1;
}
