#include "tests/plugins/corpus/well_formed.inc"

/* A program header that only programs have. */
static const char interpreter[] __attribute__((section(".interp"), used)) =
    "/lib64/ld-linux-x86-64.so.2";
