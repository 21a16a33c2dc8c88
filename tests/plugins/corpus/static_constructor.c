/* For setenv(). */
/* NOLINTNEXTLINE(bugprone-reserved-identifier): how C99 code asks for POSIX */
#define _POSIX_C_SOURCE 200112L

#include <stdlib.h>

#include "tests/plugins/corpus/well_formed.inc"

/* Runs inside of dlopen, before the host has asked for anything, and tells whoever looks. */
__attribute__((constructor)) static void construct(void) {
  setenv("BACKPLANE_CORPUS_CONSTRUCTED", "1", 1);
}
