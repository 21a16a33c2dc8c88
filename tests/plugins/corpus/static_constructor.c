#include "tests/plugins/corpus/well_formed.inc"

/* Runs inside of dlopen, before the host has asked for anything. */
static volatile int constructed;

__attribute__((constructor)) static void construct(void) {
  constructed = 1;
}
