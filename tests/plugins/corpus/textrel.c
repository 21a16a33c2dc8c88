#include "tests/plugins/corpus/well_formed.inc"

/* An address inside of the code: the loader would have to write to the text segment. */
__asm__(".text\n.quad corpus_target\n.data\ncorpus_target: .quad 0\n.text\n");
